/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that lie beneath a live view, taken away without uncovering it.
 *
 * There is no call for it: umount2(2) of a mount takes what is mounted on it
 * along. But an unmount that arrives by propagation does not: the kernel moves
 * what covers the mount's root to where that was (Linux 4.13,
 * Documentation/filesystems/propagate_umount.txt). So the file system beneath
 * is made shared for a moment, and the lowest layer unmounted in a copy of the
 * namespace. */
#pragma once

#include <stddef.h>

struct collapse {
	const char *target; /* path in the namespace: "/proc/meminfo" */
	unsigned layers;    /* that should go, from the lowest on */
	int err;            /* set: 0 or -errno */
};

/* PARENT is an O_PATH fd of the root of the mount that all of LIST are mounted
 * in, private and as seen from the caller's root. The caller has entered the
 * namespace, and may fork. Returns 0, -EPERM when it belongs to another user
 * namespace, where nothing of this works, or -errno. */
int collapse_stack(int proc, int parent, struct collapse *list, size_t count);
