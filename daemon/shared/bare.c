/* SPDX-License-Identifier: Apache-2.0 */
/* Directories cut off from everything around them, by detached mounts. */
#include "bare.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base.h"

int bare_open(int at, const char *path, unsigned flags)
{
	unsigned deep = flags & BARE_DEEP ? AT_RECURSIVE : 0;
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			    MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
	};
	int fd = (int)syscall(SYS_open_tree, at, path,
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | deep);

	if (fd < 0) {
		fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}

	if (!(flags & BARE_WRITABLE))
		attr.attr_set |= MOUNT_ATTR_RDONLY;
	(void)syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | deep, &attr,
		      sizeof(attr)); /* Linux 5.12 */
	return fd;
}

bool bare_is(int fd)
{
	struct stat own;
	struct stat up;

	return fstat(fd, &own) == 0 && fstatat(fd, "..", &up, 0) == 0 &&
	       own.st_dev == up.st_dev && own.st_ino == up.st_ino;
}
