/* SPDX-License-Identifier: Apache-2.0 */
/* From a list of names to the files that are to be mounted. */
#pragma once

#include <stddef.h>

struct attach_view;
struct str;

/* The most mounts a container gets for a row with a '*'. */
#define PLAN_STARS_MAX 128

/* LIST is comma-separated; each name stands for the views it is the path of, or
 * a directory above; a leading "/", "/proc/", "/sys/" or "/sys/devices/system/"
 * may be left out: "meminfo", "proc/stat", "pressure", "cpu/online", "proc".
 * NULL and "all" are all of them. Views that have to be asked for (view.h) are
 * not among these, nor in any name that stands for others too. SYS is a
 * directory fd of the host's sysfs, which says what CPUs, nodes and disks there
 * are.
 *
 * Returns 0, -EINVAL when a name stands for nothing (it is then in WRONG), or
 * -errno. The caller frees *RET. */
int plan_views(const char *list, int sys, struct attach_view **ret,
	       size_t *count, struct str *wrong);
