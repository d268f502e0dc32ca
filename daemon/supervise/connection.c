/* SPDX-License-Identifier: Apache-2.0 */
/* A FUSE connection and its mount. */
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "inside.h"
#include "log.h"
#include "mountinfo.h"
#include "parse.h"
#include "probe.h"
#include "str.h"

#define TYPE      "fuse.resview"
#define STALE_MAX 64 /* mounts on top of each other */

/* Is FD, which is in M, what M is mounted on? By its name: to go up from it by
 * ".." may be the file system's to allow. */
static bool is_top(int proc, int fd, const struct mountinfo *m)
{
	autostr struct str target = { 0 };
	char link[32];
	char path[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "self/fd/%d", fd);
	n = readlinkat(proc, link, path, sizeof(path));
	mountinfo_unescape(m->target, &target);

	return n > 0 &&
	       slice_is((struct slice){ path, (size_t)n }, str_text(&target));
}

/* What is on top at MOUNTPOINT? Asks no file system. Returns 1 with its mount
 * in *RET (texts in TEXT), 0 when nothing is mounted there, or -errno. */
static int mount_at(int proc, const char *mountpoint, struct str *text,
		    struct mountinfo *ret)
{
	autoclose int fd = open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct inside_look look = { 0 };
	int r;

	if (fd < 0)
		return -errno;

	r = inside_look(proc, fd, &look);
	if (r == 0)
		r = mountinfo_read(proc, 0, MOUNTINFO_MAX, text);
	if (r < 0)
		return r;

	return mountinfo_find(slice_of(str_text(text)), look.mnt_id, ret) &&
	       is_top(proc, fd, ret);
}

/* Take away one mount of ours whose daemon is dead. Returns 1 when there may be
 * another, 0 when the place is free, or -errno, having said why. */
static int clear_one(int proc, const char *mountpoint)
{
	autostr struct str text = { 0 };
	struct mountinfo m = { 0 };
	int r = mount_at(proc, mountpoint, &text, &m);

	if (r < 0)
		return log_error(r, NULL, "mount on %s", mountpoint);
	if (r == 0)
		return 0;
	if (!slice_is(m.type, TYPE))
		return log_error(-EBUSY, NULL,
				 "mount on %s: a file system of type %.*s is "
				 "mounted there",
				 mountpoint, (int)m.type.len, m.type.p);

	r = probe_statfs(mountpoint);
	if (r != -ENOTCONN)
		return log_error(-EBUSY, NULL,
				 "mount on %s: another resviewd serves it",
				 mountpoint);
	if (umount2(mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return log_error(-errno, NULL,
				 "unmount a dead resviewd's file system from "
				 "%s",
				 mountpoint);

	log_line(LOG_NOTICE, "%s: a dead resviewd's mount is taken away",
		 mountpoint);
	return 1;
}

static int clear(int proc, const char *mountpoint)
{
	int r = 1;

	for (int i = 0; i < STALE_MAX && r > 0; i++)
		r = clear_one(proc, mountpoint);

	return r > 0 ? -EBUSY : r;
}

/* What is mounted there? Nobody may answer now: what the kernel knows by itself
 * is enough. */
static int device_at(const char *mountpoint, dev_t *ret)
{
	struct statx st;

	if (statx(AT_FDCWD, mountpoint,
		  AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW, STATX_TYPE,
		  &st) < 0)
		return -errno;

	*ret = makedev(st.stx_dev_major, st.stx_dev_minor);
	return 0;
}

/* 32 bits make it unlikely enough that two file systems which have had the same
 * number have the same name. */
static void make_name(char name[static DEVICE_NAME_MAX + 1])
{
	uint32_t number;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = (uint32_t)clock_ns(CLOCK_MONOTONIC); /* early boot */

	(void)snprintf(name, DEVICE_NAME_MAX + 1, "resview-%08x", number);
}

static int mount_on(int fuse, const struct connection *c, dev_t *dev)
{
	char options[128];

	(void)snprintf(options, sizeof(options),
		       "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other,"
		       "default_permissions",
		       fuse);
	if (mount(*c->name ? c->name : "resview", c->mountpoint, TYPE,
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, options) < 0)
		return -errno;

	return device_at(c->mountpoint, dev);
}

int connection_open(int proc, struct connection *c)
{
	autoclose int fd = -1;
	int r = clear(proc, c->mountpoint);

	if (r < 0)
		return r;

	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return log_error(-errno, NULL, "open /dev/fuse");

	make_name(c->name);
	r = mount_on(fd, c, &c->dev);
	if (r < 0)
		return log_error(r, NULL, "mount on %s", c->mountpoint);

	return take_fd(&fd);
}

bool connection_mounted(const struct connection *c)
{
	dev_t dev = 0;

	return device_at(c->mountpoint, &dev) == 0 && dev == c->dev;
}

int connection_mount_again(int proc, const struct connection *c, int fuse)
{
	autostr struct str text = { 0 };
	struct mountinfo m = { 0 };
	dev_t dev = 0;
	int r = mount_at(proc, c->mountpoint, &text, &m);

	if (r != 0)
		return r > 0 ? -EBUSY : r;

	/* fs/fuse/inode.c, fuse_get_tree(): an fd that is mounted stands for
	 * its file system. One that is not would make another: not ours. */
	r = mount_on(fuse, c, &dev);
	if (r < 0 || dev == c->dev)
		return r;

	(void)umount2(c->mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW);
	return -ENOTCONN;
}

void connection_unmount(const struct connection *c)
{
	if (!connection_mounted(c))
		return; /* somebody was faster */
	if (umount2(c->mountpoint, UMOUNT_NOFOLLOW) == 0 || errno != EBUSY)
		return;

	(void)umount2(c->mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW);
}
