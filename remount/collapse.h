/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that lie beneath a live view, taken away without uncovering it.
 *
 * There is no call for it: umount2(2) of a mount takes what is mounted on it
 * along. But an unmount that arrives by propagation does not: the kernel moves
 * what covers the mount's root to where that was (Linux 4.13,
 * Documentation/filesystems/propagate_umount.txt). So the file system beneath
 * is made shared for a moment, and the lowest layer unmounted in a copy of the
 * namespace. Where it or a layer is shared already, as systemd makes all mounts
 * of a container, that takes Linux 5.15. */
#pragma once

#include <stddef.h>

struct collapse {
	const char *target; /* path in the namespace: "/proc/meminfo" */
	unsigned layers;    /* that should go, from the lowest on */
	int err; /* set: 0; -EINVAL when nothing would be left, or some are
		  * locked or shared and have not gone; or -errno */
};

/* PARENT is an O_PATH fd of the root of the mount that all of LIST are mounted
 * in, as seen from the caller's root; afterwards its propagation is what it
 * was. The caller has entered the namespace, and may fork. Returns 0; -EPERM
 * when the namespace belongs to another user namespace, where nothing of this
 * works; -EOPNOTSUPP when the parent is shared and the kernel too old; or
 * -errno. */
int collapse_stack(int proc, int parent, struct collapse *list, size_t count);
