/* SPDX-License-Identifier: Apache-2.0 */
/* One mount in place of another, named by fds alone.
 *
 * mount(2) and umount2(2) want a path. The one they get is that of the fd's
 * magic link in the host's procfs: it names the mount that the fd is in, and no
 * name of the container is looked up. */
#include "swap.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x00000200 /* Linux 6.5 */
#endif

#define FD_LINK_SIZE  32
#define BENEATH_TRIES 50

/* FD's magic link, as seen from PROC, which becomes the working directory. */
static int fd_link(int proc, int fd, char path[FD_LINK_SIZE])
{
	(void)snprintf(path, FD_LINK_SIZE, "self/fd/%d", fd);
	return fchdir(proc) < 0 ? -errno : 0;
}

static int change(int proc, int fd, unsigned long flags)
{
	char path[FD_LINK_SIZE];
	int r = fd_link(proc, fd, path);

	if (r < 0)
		return r;

	return mount(NULL, path, NULL, flags, NULL) < 0 ? -errno : 0;
}

int swap_propagation(int proc, int fd, unsigned long type)
{
	return change(proc, fd, type);
}

static int move(int source, int place, unsigned flags)
{
	flags |= MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
	return move_mount(source, "", place, "", flags) < 0 ? -errno : 0;
}

int swap_attach(int source, int place)
{
	return move(source, place, 0);
}

/* Unlike all others, umount2(2) goes on from where a link leads to what is
 * mounted there. */
static int unmount_top(int proc, int place)
{
	char path[FD_LINK_SIZE];
	int r = fd_link(proc, place, path);

	if (r < 0)
		return r;

	return umount2(path, MNT_DETACH) < 0 ? -errno : 0;
}

/* So, afterwards: a mount that is gone cannot be changed. */
int swap_unmount(int proc, int place)
{
	int r = unmount_top(proc, place);

	if (r < 0)
		return r;

	r = swap_propagation(proc, place, MS_PRIVATE);
	if (r == 0)
		return -EBUSY;

	return r == -EINVAL ? 0 : r;
}

/* What is mounted in a shared mount shows up in its peers: PLACE may be a part
 * of a file system that the host has mounted elsewhere. */
static int mount_over(int proc, int source, int place)
{
	int r = swap_propagation(proc, place, MS_PRIVATE);

	if (r == 0)
		r = swap_attach(source, place);

	return r < 0 ? r : 1;
}

/* Both are there, for we have them open; yet Linux (6.18) says ENOENT once in a
 * while when mounts of others change at that moment. Nothing was done then. */
static int move_beneath(int source, int place)
{
	int r = -ENOENT;

	for (int i = 0; i < BENEATH_TRIES && r == -ENOENT; i++) {
		r = move(source, place, MOVE_MOUNT_BENEATH);
		if (r == -ENOENT)
			(void)sched_yield();
	}

	return r;
}

/* The new one goes beneath the old one, then the old one goes. Should the
 * container have mounted something on it in between, that is what the new one
 * was put beneath and what has gone; then the old one is still there, beneath
 * the new one. To ask would cost more than the rest. */
int swap_mount(int proc, int source, int place)
{
	int r = move_beneath(source, place);

	if (r == -EINVAL)
		return mount_over(proc, source, place);
	if (r < 0)
		return r;

	return unmount_top(proc, place);
}

/* Before mount_setattr(2). What is not in the caller's namespace, as a detached
 * mount is not, is refused with EINVAL. */
static int remount(int proc, int fd, unsigned may)
{
	unsigned long flags =
		MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int r;

	if (!(may & MAY_WRITE))
		flags |= MS_RDONLY;

	r = change(proc, fd, flags);
	if (r == -EINVAL)
		return 1;

	return r < 0 ? r : swap_propagation(proc, fd, MS_PRIVATE);
}

int swap_attributes(int proc, int fd, unsigned may)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			    MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
	};

	if (!(may & MAY_WRITE))
		attr.attr_set |= MOUNT_ATTR_RDONLY;
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0)
		return 0;

	return errno == ENOSYS ? remount(proc, fd, may) : -errno;
}
