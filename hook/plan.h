/* SPDX-License-Identifier: Apache-2.0 */
/* From a list of names to the files that are to be mounted. */
#pragma once

#include <stddef.h>

struct attach_view;
struct str;

/* The most mounts a container gets for a row with a '*'. */
#define PLAN_CPUS_MAX 128

/* LIST is comma-separated; each name stands for the views it is the path of, or
 * a directory above; a leading "/", "/proc/" or "/sys/devices/system/" may be
 * left out: "meminfo", "proc/stat", "pressure", "cpu/online", "cpu", "proc".
 * NULL and "all" are all of them. SYS is a directory fd of the host's sysfs,
 * which says what CPUs there are.
 *
 * Returns 0, -EINVAL when a name stands for nothing (it is then in WRONG), or
 * -errno. The caller frees *RET. */
int plan_views(const char *list, int sys, struct attach_view **ret,
	       size_t *count, struct str *wrong);
