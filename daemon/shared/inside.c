/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and looking at what is inside a container, without being led astray.
 *
 * Everything there may be the container's doing: links, mounts over anything,
 * file systems that never answer. So nothing is opened but with O_PATH, and
 * statx(2) is told to be content with what the kernel knows. */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base.h"
#include "parse.h"
#include "proc.h"

static int look(int fd, unsigned mask, struct statx *ret)
{
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, mask, ret) < 0)
		return -errno;

	return 0;
}

static dev_t dev_of(const struct statx *st)
{
	return makedev(st->stx_dev_major, st->stx_dev_minor);
}

/* With O_PATH and O_NOFOLLOW, a link at the end is opened, not refused. */
static int refuse_link(int fd, unsigned flags)
{
	struct statx st;
	int r = look(fd, STATX_TYPE, &st);

	if (r < 0)
		return r;
	if (S_ISLNK(st.stx_mode))
		return -ELOOP;
	if (flags & INSIDE_DIRECTORY && !S_ISDIR(st.stx_mode))
		return -ENOTDIR;

	return 0;
}

static int open_whole(int dir, const char *path, uint64_t resolve)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd = syscall(SYS_openat2, dir, *path ? path : ".", &how,
			  sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* The last component may be a mount, so the kernel is asked twice. What stands
 * before it keeps its slash, by which a link there is refused. */
static int open_in_mount(int dir, const char *path)
{
	const char *last = strrchr(path, '/');
	autofree char *head = NULL;
	autoclose int parent = -1;

	if (!last)
		return open_whole(dir, path, 0);

	head = strndup(path, (size_t)(last + 1 - path));
	if (!head)
		return -ENOMEM;

	parent = open_whole(dir, head, RESOLVE_NO_XDEV);
	return parent < 0 ? take_fd(&parent) : open_whole(parent, last + 1, 0);
}

static int open_component(int dir, struct slice name)
{
	char text[NAME_MAX + 1] = ".";
	int fd;

	if (slice_is(name, ".."))
		return -EXDEV;
	if (name.len > NAME_MAX)
		return -ENAMETOOLONG;

	if (name.len) {
		memcpy(text, name.p, name.len);
		text[name.len] = '\0';
	}
	fd = openat(dir, text, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Is the directory FD one in which a name may be looked up? There is no telling
 * mounts apart on kernels that get here, but file systems: one that is mounted
 * in another place within itself has nobody to wait for. */
static int may_look_up(int fd, const dev_t *dev)
{
	struct statx st;
	int r = refuse_link(fd, 0);

	if (r == 0 && dev)
		r = look(fd, STATX_TYPE, &st);
	if (r < 0 || !dev)
		return r;

	return dev_of(&st) == *dev ? 0 : -EXDEV;
}

/* What openat2(2) does, before Linux 5.6. */
static int open_by_steps(int dir, const char *path, const dev_t *dev)
{
	struct slice rest = slice_of(path);
	struct slice name = { path, 0 };
	autoclose int fd = -1;

	(void)slice_until(&rest, '/', &name);
	fd = open_component(dir, name);
	while (fd >= 0 && slice_until(&rest, '/', &name)) {
		int r = may_look_up(fd, dev);
		int next = r < 0 ? r : open_component(fd, name);

		(void)close(fd);
		fd = next;
	}

	return take_fd(&fd);
}

static int open_slowly(int dir, const char *path, unsigned flags)
{
	struct statx st;
	dev_t dev;
	int r;

	if (!(flags & INSIDE_ONE_MOUNT))
		return open_by_steps(dir, path, NULL);

	r = look(dir, STATX_TYPE, &st);
	if (r < 0)
		return r;

	dev = dev_of(&st);
	return open_by_steps(dir, path, &dev);
}

int inside_open(int dir, const char *path, unsigned flags)
{
	autoclose int fd = -1;
	int r;

	path += strspn(path, "/");
	fd = flags & INSIDE_ONE_MOUNT ? open_in_mount(dir, path)
				      : open_whole(dir, path, 0);
	if (fd == -ENOSYS)
		fd = open_slowly(dir, path, flags);
	if (fd < 0)
		return take_fd(&fd);

	r = refuse_link(fd, flags);
	return r < 0 ? r : take_fd(&fd);
}

int inside_look(int proc, int fd, struct inside_look *ret)
{
	struct statx st;
	int r = look(fd, STATX_TYPE | STATX_INO | STATX_MNT_ID, &st);

	if (r < 0)
		return r;

	ret->mnt_id = st.stx_mnt_id;
	if (!(st.stx_mask & STATX_MNT_ID))
		r = proc_fdinfo_mount(proc, fd, &ret->mnt_id);
	if (r < 0)
		return r;

	ret->dev = dev_of(&st);
	ret->ino = st.stx_ino;
	ret->type = st.stx_mode & S_IFMT;
	return 0;
}
