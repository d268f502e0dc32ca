/* SPDX-License-Identifier: Apache-2.0 */
/* A FUSE connection and its mount. It lives as long as one process holds the
 * fd; nothing here reads from it or polls it. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "devices.h"

struct connection {
	const char *mountpoint; /* the caller's */
	dev_t dev;
	char name[DEVICE_NAME_MAX + 1]; /* of the file system: devices.h */
};

/* Mount a new file system on C's mount point, an existing directory; PROC is
 * the host's procfs. What a dead process of ours left mounted there is taken
 * away first. Says what went wrong. Returns the fd of /dev/fuse, with device
 * and a new name in C, -EBUSY when something else is mounted there, or -errno.
 */
int connection_open(int proc, struct connection *c);

/* Is it what is mounted there now? Asks no file system. */
bool connection_mounted(const struct connection *c);

/* Mount the file system of FUSE, which others may still have, on C's mount
 * point once more. Returns 0, -ENOTCONN when nobody has it, -EBUSY when
 * something is mounted there, -EINVAL before Linux 5.15, or -errno. */
int connection_mount_again(int proc, const struct connection *c, int fuse);

/* Unmount it, and if somebody has it in use, let the mount go with its last
 * user. */
void connection_unmount(const struct connection *c);
