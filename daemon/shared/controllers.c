/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/cgroup: which cgroup a process is in, per controller. */
#include "controllers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "parse.h"

static const char *const names[CG_COUNT] = {
	[CG_CPU] = "cpu",       [CG_CPUACCT] = "cpuacct",
	[CG_CPUSET] = "cpuset", [CG_MEMORY] = "memory",
	[CG_IO] = "blkio",      [CG_HUGETLB] = "hugetlb",
	[CG_PIDS] = "pids",     [CG_UNIFIED] = "",
};

const char *controller_name(enum controller c)
{
	return names[c];
}

static int path_set(struct cgroup_paths *paths, enum controller c,
		    struct slice path)
{
	free(paths->path[c]);
	paths->path[c] = strndup(path.p, path.len);
	return paths->path[c] ? 0 : -ENOMEM;
}

/* "cpu,cpuacct" with its path; the v2 line has no controllers at all. */
static int controllers_set(struct cgroup_paths *paths, struct slice list,
			   struct slice path)
{
	struct slice name;
	int r = 0;

	if (list.len == 0)
		return path_set(paths, CG_UNIFIED, path);

	while (r == 0 && slice_until(&list, ',', &name))
		for (int c = 0; c < CG_UNIFIED; c++)
			if (slice_is(name, names[c]))
				r = path_set(paths, (enum controller)c, path);

	return r;
}

int cgroup_paths_parse(const char *text, struct cgroup_paths *ret)
{
	autopaths struct cgroup_paths paths = { 0 };
	struct slice rest = slice_of(text);
	struct slice line;
	bool any = false;

	while (slice_line(&rest, &line)) {
		struct slice id;
		struct slice list;
		int r;

		if (!slice_until(&line, ':', &id) ||
		    !slice_until(&line, ':', &list) || line.len == 0 ||
		    *line.p != '/')
			continue;

		r = controllers_set(&paths, list, line);
		if (r < 0)
			return r;
		any = true;
	}
	if (!any)
		return -EINVAL;

	*ret = paths;
	paths = (struct cgroup_paths){ 0 };
	return 0;
}

void cgroup_paths_strip_init(struct cgroup_paths *paths)
{
	static const char scope[] = "/init.scope";

	for (int c = 0; c < CG_COUNT; c++) {
		char *path = paths->path[c];
		size_t len = path ? strlen(path) : 0;

		if (len < sizeof(scope) - 1)
			continue;

		path += len - (sizeof(scope) - 1);
		if (strcmp(path, scope) == 0)
			path[path == paths->path[c]] = '\0';
	}
}

void cgroup_paths_free(struct cgroup_paths *paths)
{
	for (int c = 0; c < CG_COUNT; c++)
		free(paths->path[c]);
	*paths = (struct cgroup_paths){ 0 };
}
