/* SPDX-License-Identifier: Apache-2.0 */
/* Which mounts of a namespace are ours, and what lies on and under them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct devices;
struct mountinfo;
struct mounts;

enum layer {
	LAYER_OTHER,
	LAYER_LIVE,
	LAYER_STALE,
	LAYER_LXCFS, /* dead or alive */
};

struct judge {
	const struct devices *devices;
	dev_t live; /* of the connection that is served; 0: none is */
};

/* Whose is it? Ours has a device number that we had, our type, and is a view or
 * a directory of views; the whole tree, live, is just a copy of our mount
 * point. LXCFS's is known by its type alone, which anybody can claim. */
enum layer layer_of(const struct judge *j, const struct mountinfo *m);

/* Mounts on top of each other at one place, and at least one of ours or
 * LXCFS's among them. All point into the mounts. */
struct stack {
	const struct mountinfo *bottom; /* over the container's own file */
	const struct mountinfo *top;    /* that is seen */
	const struct mountinfo *ours;   /* the topmost of ours or LXCFS's */
	enum layer kind;                /* of the top */
	unsigned beneath;               /* of ours and LXCFS's, under the top */
	unsigned lowest; /* of these, from the bottom on without others */
};

/* All that can be reached by their names: where something covers the directory,
 * or the mount that they are in, there is nothing to repair. The caller frees
 * *RET. Returns 0 or -ENOMEM. */
int layers_find(const struct judge *j, const struct mounts *m,
		struct stack **ret, size_t *count);

/* What lies at the bottom of the stack that MOUNT is in. */
const struct mountinfo *layers_bottom(const struct mounts *m,
				      const struct mountinfo *mount);

/* Is anything mounted in M but on its root? */
bool layers_within(const struct mounts *m, const struct mountinfo *mount);
