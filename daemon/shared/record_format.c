/* SPDX-License-Identifier: Apache-2.0 */
/* A record as JSON. */
#include "record.h"

#include <errno.h>
#include <limits.h>

#include "base.h"
#include "json.h"
#include "parse.h"
#include "registry.h"
#include "str.h"

const char *const record_cpu_names[CPU_HOST + 1] = {
	[CPU_QUOTA] = "quota",
	[CPU_HOST] = "host",
};
const char *const record_uptime_names[UPTIME_HOST + 1] = {
	[UPTIME_CONTAINER] = "container",
	[UPTIME_HOST] = "host",
};

/* "unified" in the file, the controller's own name otherwise. */
const char *record_cgroup_key(int c)
{
	return c == CG_UNIFIED ? "unified"
			       : controller_name((enum controller)c);
}

/* A cgroup is named from the root of its hierarchy, and ".." would leave it. */
bool record_cgroup_path_valid(const char *path)
{
	struct slice rest = slice_of(path);
	struct slice part;

	if (*path != '/' || rest.len >= PATH_MAX)
		return false;

	while (slice_until(&rest, '/', &part))
		if (slice_is(part, ".."))
			return false;

	return true;
}

static void views_put(struct str *out, const char *views)
{
	struct slice rest = slice_of(views ? views : "");
	struct slice view;

	json_put_begin(out, "views", '[');
	while (slice_until(&rest, ',', &view)) {
		autostr struct str path = { 0 };

		str_add(&path, view.p, view.len);
		json_put_string(out, NULL, str_text(&path));
		if (path.err)
			out->err = path.err;
	}
	json_put_end(out, ']');
}

static int cgroups_put(struct str *out, const struct cgroup_paths *paths)
{
	json_put_begin(out, "cgroups", '{');
	for (int c = 0; c < CG_COUNT; c++) {
		if (!paths->path[c])
			continue;
		if (!record_cgroup_path_valid(paths->path[c]))
			return -EINVAL;
		json_put_string(out, record_cgroup_key(c), paths->path[c]);
	}
	json_put_end(out, '}');

	return 0;
}

int record_format(const struct record *rec, struct str *out)
{
	int r;

	if (!id_valid(rec->id) || rec->pid <= 0)
		return -EINVAL;

	json_put_begin(out, NULL, '{');
	json_put_u64(out, "version", RECORD_VERSION);
	json_put_string(out, "id", rec->id);
	json_put_u64(out, "pid", (uint64_t)rec->pid);
	json_put_u64(out, "start_ticks", rec->start_ticks);
	json_put_begin(out, "mntns", '{');
	json_put_u64(out, "dev", rec->mntns.dev);
	json_put_u64(out, "ino", rec->mntns.ino);
	json_put_end(out, '}');
	r = cgroups_put(out, &rec->cgroups);
	if (r < 0)
		return r;
	json_put_i64(out, "boottime_offset", rec->boottime_offset);
	json_put_bool(out, "time_namespace", rec->time_namespace);
	json_put_string(out, "cpu", record_cpu_names[rec->cpu]);
	json_put_string(out, "uptime", record_uptime_names[rec->uptime]);
	json_put_bool(out, "required", rec->required);
	if (rec->detached)
		json_put_bool(out, "detached", true);
	json_put_string(out, "bundle", rec->bundle ? rec->bundle : "");
	views_put(out, rec->views);
	json_put_u64(out, "created", rec->created);
	json_put_end(out, '}');
	str_adds(out, "\n");

	return out->err;
}
