/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and judging a file inside a container without being led astray.
 *
 * Everything here may be the container's doing: symbolic links in its root,
 * fake or absent /proc, mounts over anything, file systems that never answer.
 * So: openat2(2) with O_PATH below an fd, no link followed; statx(2) with
 * AT_STATX_DONT_SYNC, which asks no server; and what kind of file system it is
 * comes from the kernel's list of mounts, because fstatfs(2) would ask. */
#include "attach_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base.h"
#include "devices.h"
#include "mountinfo.h"
#include "str.h"

bool place_in(const char *path, const char *name)
{
	size_t len = strlen(name);

	return strncmp(path, name, len) == 0 && path[len] == '/';
}

const char *place_below(const char *path)
{
	return strchr(path, '/') + 1;
}

static int open_path(int dir, const char *path, unsigned flags,
		     unsigned resolve)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | flags,
		.resolve =
			RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int look(int fd, struct statx *st)
{
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		  STATX_TYPE | STATX_INO | STATX_MNT_ID, st) < 0)
		return -errno;

	return st->stx_mask & STATX_MNT_ID ? 0 : -EOPNOTSUPP;
}

static dev_t dev_of(const struct statx *st)
{
	return makedev(st->stx_dev_major, st->stx_dev_minor);
}

static bool is_root(int fd, const struct ns_id *want)
{
	struct statx st;

	return look(fd, &st) == 0 && dev_of(&st) == want->dev &&
	       st.stx_ino == want->ino;
}

/* Before pivot_root(2) the container's root is a directory in a copy of the
 * host's tree; after it, it is "/". The path is the engine's, canonical on the
 * host; device and inode say that it is the same directory in here. */
int place_root_open(const struct attach *a)
{
	autoclose int top = open_path(AT_FDCWD, "/", O_DIRECTORY, 0);
	autoclose int root = -1;

	if (top < 0 || !a->rootfs)
		return take_fd(&top);

	root = open_path(AT_FDCWD, a->rootfs, O_DIRECTORY, 0);
	if (root >= 0 && is_root(root, &a->rootfs_id))
		return take_fd(&root);
	if (is_root(top, &a->rootfs_id))
		return take_fd(&top);

	return -ENXIO;
}

int place_base_open(const struct attach *a, int root, const char *name,
		    struct place_base *ret)
{
	static const char sysfs[] = "sysfs"; /* at "sys" */
	const char *type = strcmp(name, "sys") == 0 ? sysfs : name;
	struct mountinfo m;
	struct statx st;
	int r;

	ret->fd = open_path(root, name, O_DIRECTORY, RESOLVE_BENEATH);
	if (ret->fd == -ELOOP || ret->fd == -ENOTDIR) /* a symbolic link */
		return -EPERM;
	if (ret->fd < 0)
		return ret->fd;

	/* Type and root as the kernel tells them: no FUSE file system can call
	 * itself "proc", and /proc/1/fd mounted on /proc has another root. */
	r = look(ret->fd, &st);
	if (r < 0)
		return r;
	if (type == sysfs && !(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return -ENOENT; /* an empty directory: no sysfs wanted */
	if (!mountinfo_find(ret->mounts, st.stx_mnt_id, &m) ||
	    !slice_is(m.type, type) || !slice_is(m.root, "/") ||
	    m.dev != dev_of(&st) ||
	    !(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return -EPERM;

	ret->mnt_id = st.stx_mnt_id;
	return target_refuse_peer(a->target, m.shared);
}

int place_open(const struct place_base *base, const char *path)
{
	return open_path(base->fd, place_below(path), 0, RESOLVE_BENEATH);
}

/* Paths in our file systems; a device number alone may have been reused. */
static bool is_ours(const struct mountinfo *m)
{
	static const char *const tops[] = { "/containers/", "/proc/", "/sys/" };

	if (!slice_is(m->type, "fuse.resview"))
		return false;

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		size_t len = strlen(tops[i]);

		if (m->root.len > len && strncmp(m->root.p, tops[i], len) == 0)
			return true;
	}

	return false;
}

static enum attach_outcome classify_mount(const struct attach *a,
					  const struct mountinfo *m)
{
	if (!is_ours(m))
		return ATTACH_FOREIGN;
	if (m->dev == a->origin->dev)
		return ATTACH_LIVE;

	return devices_have(a->devices, m->dev) ? ATTACH_REPLACED
						: ATTACH_FOREIGN;
}

int place_classify(const struct attach *a, const struct place_base *base,
		   int place, enum attach_outcome *ret)
{
	struct mountinfo m;
	struct statx st;
	int r = look(place, &st);

	if (r < 0)
		return r;

	if (st.stx_mnt_id == base->mnt_id) {
		if (!S_ISREG(st.stx_mode))
			return -EINVAL;
		*ret = ATTACH_MOUNTED;
		return 0;
	}

	/* Mounted a moment ago, by somebody who is at work in there. */
	*ret = ATTACH_FOREIGN;
	if (mountinfo_find(base->mounts, st.stx_mnt_id, &m))
		*ret = classify_mount(a, &m);

	return 0;
}
