/* SPDX-License-Identifier: Apache-2.0 */
/* One round: the lowest layer of each stack, taken away from a copy of the
 * namespace, and by propagation from the namespace itself. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mounts;

/* Mounts on top of each other over one file of the parent. */
struct file_stack {
	const char *file; /* below the parent */
	unsigned keep;    /* layers that stay; 0: it is left alone */
};

struct file_stacks {
	int proc;
	int parent;       /* O_PATH, root of the mount in the namespace */
	const char *path; /* where it is, from the root of the namespace */
	struct file_stack *list;
	size_t count;
};

struct depth {
	unsigned layers;
	unsigned shared; /* of those that something is mounted on */
};

/* How many layers are over FILE of the mount PARENT? Returns 0, -ESTALE when
 * they are not in MOUNTS, or -errno. */
int stack_depth(int proc, int parent, const char *file, const struct mounts *m,
		struct depth *ret);

/* Make PARENT a peer of FROM, which is shared or a slave. Returns 0, -EINVAL
 * also before Linux 5.15, or -errno. */
int group_join(int from, int parent);

/* In a child of its own: a copy of the namespace, in which all layers of the
 * stacks go that have more than they keep. The parent is in the peer group
 * GROUP, alone. Returns 0 or -errno; that a layer could not be taken away is
 * seen afterwards. */
int copy_clear(const struct file_stacks *s, uint64_t group);
