/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of a record, taken apart: everything is checked. */
#include "registry.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "json.h"
#include "record.h"
#include "str.h"

void record_free(struct record *r)
{
	cgroup_paths_free(&r->cgroups);
	free(r->bundle);
	free(r->views);
	*r = (struct record){ 0 };
}

bool id_valid(const char *id)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_.+-";
	size_t len = strspn(id, allowed);

	if (len == 0 || len > RECORD_ID_MAX || id[len])
		return false;

	return strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

static int cgroups_get(struct json_object *in, struct cgroup_paths *paths)
{
	struct json_object *object;
	const char *path;
	bool any = false;
	int r = json_get_object(in, "cgroups", &object);

	for (int c = 0; r == 0 && c < CG_COUNT; c++) {
		r = json_get_string(object, record_cgroup_key(c), &path);
		if (r == -ENOENT) {
			r = 0;
			continue;
		}
		if (r == 0 && !record_cgroup_path_valid(path))
			r = -EINVAL;
		if (r < 0)
			break;

		paths->path[c] = strdup(path);
		if (!paths->path[c])
			r = -ENOMEM;
		any = true;
	}

	return r == 0 && !any ? -EINVAL : r;
}

/* A member that older writers did not know keeps its default. */
static int optional(int r)
{
	return r == -ENOENT ? 0 : r;
}

static int text_get(struct json_object *in, const char *key, char **ret)
{
	const char *text = "";
	int r = optional(json_get_string(in, key, &text));

	if (r < 0)
		return r;

	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int word_get(struct json_object *in, const char *key,
		    const char *const words[], unsigned n, unsigned *ret)
{
	const char *text = words[0];
	int r = optional(json_get_string(in, key, &text));

	for (unsigned i = 0; r == 0 && i < n; i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*ret = i;
		return 0;
	}

	return r < 0 ? r : -EINVAL;
}

static int view_add(const char *key, const char *value, void *arg)
{
	struct str *views = arg;

	(void)key;
	if (*value == '\0' || strchr(value, ','))
		return -EINVAL;

	if (views->len)
		str_adds(views, ",");
	str_adds(views, value);
	return views->err;
}

static int views_get(struct json_object *in, char **ret)
{
	autostr struct str views = { 0 };
	struct json_object *array;
	int r = json_get_array(in, "views", &array);

	if (r == 0)
		r = json_each_string(array, view_add, &views);
	if (optional(r) < 0)
		return r;

	*ret = strdup(str_text(&views));
	return *ret ? 0 : -ENOMEM;
}

static int mntns_get(struct json_object *in, struct ns_id *ret)
{
	struct json_object *object;
	uint64_t dev;
	uint64_t ino;
	int r = json_get_object(in, "mntns", &object);

	if (r == 0)
		r = json_get_u64(object, "dev", &dev);
	if (r == 0)
		r = json_get_u64(object, "ino", &ino);
	if (r < 0)
		return r;

	*ret = (struct ns_id){ (dev_t)dev, (ino_t)ino };
	return 0;
}

/* What no record can do without; -ENOENT becomes -EINVAL in the caller. */
static int identity_get(struct json_object *in, struct record *rec)
{
	const char *id;
	uint64_t pid;
	int r = json_get_string(in, "id", &id);

	if (r == 0 && !id_valid(id))
		r = -EINVAL;
	if (r < 0)
		return r;
	(void)snprintf(rec->id, sizeof(rec->id), "%s", id);

	r = json_get_u64(in, "pid", &pid);
	if (r == 0 && (pid == 0 || pid > INT_MAX))
		r = -EINVAL;
	if (r < 0)
		return r;
	rec->pid = (pid_t)pid;

	r = json_get_u64(in, "start_ticks", &rec->start_ticks);
	if (r == 0)
		r = mntns_get(in, &rec->mntns);
	if (r == 0)
		r = cgroups_get(in, &rec->cgroups);

	return r;
}

static int policy_get(struct json_object *in, struct record *rec)
{
	unsigned cpu;
	unsigned uptime;
	int r = word_get(in, "cpu", record_cpu_names,
			 ARRAY_SIZE(record_cpu_names), &cpu);

	if (r < 0)
		return r;
	rec->cpu = (enum cpu_policy)cpu;

	r = word_get(in, "uptime", record_uptime_names,
		     ARRAY_SIZE(record_uptime_names), &uptime);
	if (r < 0)
		return r;
	rec->uptime = (enum uptime_policy)uptime;

	r = optional(
		json_get_i64(in, "boottime_offset", &rec->boottime_offset));
	if (r == 0)
		r = optional(json_get_bool(in, "time_namespace",
					   &rec->time_namespace));
	if (r == 0)
		r = optional(json_get_bool(in, "required", &rec->required));
	if (r == 0)
		r = optional(json_get_bool(in, "detached", &rec->detached));
	if (r == 0)
		r = optional(json_get_u64(in, "created", &rec->created));

	return r;
}

static int version_check(struct json_object *in)
{
	uint64_t version;
	int r = json_get_u64(in, "version", &version);

	if (r < 0)
		return r;

	return version == RECORD_VERSION ? 0 : -EPROTONOSUPPORT;
}

static int members_get(struct json_object *in, struct record *rec)
{
	int r = version_check(in);

	if (r == 0)
		r = identity_get(in, rec);
	if (r == 0)
		r = policy_get(in, rec);
	if (r == 0)
		r = text_get(in, "bundle", &rec->bundle);
	if (r == 0)
		r = views_get(in, &rec->views);

	/* A member is missing, or a number does not fit. */
	return r == -ENOENT || r == -ERANGE ? -EINVAL : r;
}

int record_parse(const char *text, size_t len, struct record *ret)
{
	autojson struct json_object *in = NULL;
	int r = json_parse(text, len, &in);

	if (r < 0)
		return r;

	*ret = (struct record){ 0 };
	r = members_get(in, ret);
	if (r < 0)
		record_free(ret);

	return r;
}
