/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup controllers we read, and a process's cgroup in each. */
#pragma once

#include <stddef.h>

enum controller {
	CG_CPU,     /* quota, throttling */
	CG_CPUACCT, /* CPU time; in v2 part of cpu.stat, which is always there
		     */
	CG_CPUSET,
	CG_MEMORY,
	CG_IO, /* blkio in v1 */
	CG_HUGETLB,
	CG_PIDS,
	CG_UNIFIED, /* the v2 hierarchy itself: pressure, tasks */
	CG_COUNT,
};

/* The v1 name of a controller as in /proc/cgroups; "" for CG_UNIFIED, as in
 * the "0::/path" line of /proc/PID/cgroup. */
const char *controller_name(enum controller c);

/* The path of one cgroup in each hierarchy, as seen from the host, beginning
 * with '/'; NULL where the controller is on no v1 hierarchy. On pure cgroup v2
 * only CG_UNIFIED is set, and stands for all. */
struct cgroup_paths {
	char *path[CG_COUNT];
};

#define autopaths __attribute__((cleanup(cgroup_paths_free)))

/* Take the text of /proc/PID/cgroup (cgroups(7)) apart. Unknown controllers
 * are passed over. Returns 0, -EINVAL when no line makes sense, -ENOMEM. On
 * success the caller owns *RET. */
int cgroup_paths_parse(const char *text, struct cgroup_paths *ret);

/* Drop a trailing "/init.scope": systemd as a container's init moves itself
 * there, the limits stay on the parent. */
void cgroup_paths_strip_init(struct cgroup_paths *paths);

void cgroup_paths_free(struct cgroup_paths *paths);
