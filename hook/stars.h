/* SPDX-License-Identifier: Apache-2.0 */
/* What there is on the host for a '*' in a view's path. */
#pragma once

#include "view.h"

struct str;

/* Call EACH with every "3" or "vda" that KIND can be, in order: numbers by
 * value, names by strcmp(3). SYS is a directory fd of the host's sysfs; without
 * NUMA or disks there is none. Stops when EACH returns non-zero, and returns
 * that; or 0 or -errno. */
typedef int star_each(void *arg, const char *star);
int stars_each(enum star_kind kind, int sys, star_each *each, void *arg);

/* Append where a container has the file that is served as SERVED, "sys/...",
 * for ROW: the same path, or where the link goes that the folder of a disk is.
 * Returns 0, -ENOENT when the host has no such file, -ENAMETOOLONG when a list
 * of paths cannot have this one, or -errno. */
int star_path(const struct view *row, int sys, const char *served,
	      struct str *out);
