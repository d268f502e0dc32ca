/* SPDX-License-Identifier: Apache-2.0 */
/* A FUSE connection and its mount. It lives as long as one process holds the
 * fd; nothing here reads from it or polls it. */
#pragma once

#include <sys/types.h>

struct connection {
	int fd; /* of /dev/fuse */
	dev_t dev;
	const char *mountpoint; /* the caller's */
};

/* Mount a new file system on MOUNTPOINT, an existing directory; PROC is the
 * host's procfs. What a dead process of ours left mounted there is taken away
 * first. Says what went wrong. Returns 0, -EBUSY when something else is mounted
 * there, or -errno. */
int connection_open(int proc, const char *mountpoint, struct connection *ret);

/* Unmount, and if somebody has it in use, let the mount go with its last user.
 * The fd stays open for those. */
void connection_unmount(const struct connection *c);

void connection_close(struct connection *c);

/* Note the device number in RUN_DIR/devices, from which the hook and the
 * remount tool know our dead mounts. Returns 0 or -errno. */
int connection_note(int run_dir, const struct connection *c);
