/* SPDX-License-Identifier: Apache-2.0 */
/* Where each cgroup controller is: v1, v2, or both on a hybrid host. */
#pragma once

#include <stdbool.h>

#include "controllers.h"

struct hierarchy {
	int fd; /* top directory, or -1 when the controller is nowhere */
	bool v2;
};

struct hierarchies {
	struct hierarchy of[CG_COUNT];
};

/* Look below CGROUPFS, /sys/fs/cgroup of the host: with cgroup.controllers it
 * is pure v2; else a folder per v1 controller, and "unified" for v2, which
 * stands in for the controllers that v1 does not have. Returns 0, -ENOENT when
 * there is nothing, or -errno. The caller closes with hierarchies_close(). */
int hierarchies_open(int cgroupfs, struct hierarchies *ret);
void hierarchies_close(struct hierarchies *h);
