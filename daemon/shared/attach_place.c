/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and judging a file inside a container without being led astray.
 *
 * Everything here may be the container's doing: symbolic links in its root,
 * fake or absent /proc, mounts over anything, file systems that never answer.
 * So it is opened and looked at as inside.h says; and what kind of file system
 * it is comes from the kernel's list of mounts, because fstatfs(2) would ask.
 */
#include "attach_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "devices.h"
#include "inside.h"
#include "mount_of.h"
#include "parse.h"

#define ROOT_INO 1 /* of procfs and sysfs */

bool place_in(const char *path, const char *name)
{
	size_t len = strlen(name);

	return strncmp(path, name, len) == 0 && path[len] == '/';
}

const char *place_below(const char *path)
{
	return strchr(path, '/') + 1;
}

static bool is_root(int proc, int fd, const struct ns_id *want)
{
	struct inside_look look;

	return inside_look(proc, fd, &look) == 0 && look.dev == want->dev &&
	       look.ino == want->ino;
}

/* Before pivot_root(2) the container's root is a directory in a copy of the
 * host's tree; after it, it is "/". The path is the engine's, canonical on the
 * host; device and inode say that it is the same directory in here. */
int place_root_open(const struct attach *a)
{
	autoclose int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int root = -1;

	if (top < 0)
		return -errno;
	if (!a->rootfs)
		return take_fd(&top);

	root = inside_open(top, a->rootfs, INSIDE_DIRECTORY);
	if (root >= 0 && is_root(a->target->proc, root, &a->rootfs_id))
		return take_fd(&root);
	if (is_root(a->target->proc, top, &a->rootfs_id))
		return take_fd(&top);

	return -ENXIO;
}

/* Type and root as the kernel tells them: no FUSE file system can call itself
 * "proc", and /proc/1/fd mounted on /proc has another root. */
static bool is_whole(const struct mountinfo *m, const char *type,
		     const struct inside_look *look)
{
	return slice_is(m->type, type) && slice_is(m->root, "/") &&
	       m->dev == look->dev && look->ino == ROOT_INO;
}

int place_base_open(const struct attach *a, int root, const char *name,
		    struct place_base *ret)
{
	static const char sysfs[] = "sysfs"; /* at "sys" */
	const char *type = strcmp(name, "sys") == 0 ? sysfs : name;
	struct inside_look above = { 0 };
	struct inside_look look = { 0 };
	struct mountinfo m;
	int r;

	ret->fd = inside_open(root, name, INSIDE_DIRECTORY);
	if (ret->fd == -ELOOP || ret->fd == -ENOTDIR) /* a symbolic link */
		return -EPERM;
	if (ret->fd < 0)
		return ret->fd;

	r = inside_look(a->target->proc, root, &above);
	if (r == 0)
		r = inside_look(a->target->proc, ret->fd, &look);
	if (r < 0)
		return r;
	if (type == sysfs && look.mnt_id == above.mnt_id)
		return -ENOENT; /* an empty directory: no sysfs wanted */
	r = mount_of(ret->mounts, ret->fd, &m);
	if (r < 0)
		return r == -ENOENT ? -EPERM : r;
	if (!is_whole(&m, type, &look))
		return -EPERM;

	ret->mnt_id = look.mnt_id;
	return target_refuse_peer(a->target, m.shared);
}

int place_open(const struct place_base *base, const char *path)
{
	return inside_open(base->fd, place_below(path), INSIDE_ONE_MOUNT);
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

/* What is served by who asks is anybody's; what is pinned is one container's,
 * and not that of who does not know its id. */
static bool is_for(const struct mountinfo *m, const char *id)
{
	static const char pinned[] = "/containers/";
	struct slice rest = m->root;
	struct slice owner;

	if (rest.len < sizeof(pinned) ||
	    strncmp(rest.p, pinned, sizeof(pinned) - 1) != 0)
		return true;

	rest.p += sizeof(pinned) - 1;
	rest.len -= sizeof(pinned) - 1;
	return id && slice_until(&rest, '/', &owner) && slice_is(owner, id);
}

static enum attach_outcome classify_mount(const struct attach *a,
					  const struct mountinfo *m)
{
	if (!is_ours(m))
		return ATTACH_FOREIGN;
	if (m->dev == a->origin->dev)
		return is_for(m, a->id) ? ATTACH_LIVE : ATTACH_FOREIGN;

	return devices_have(a->devices, m->dev, m->source) ? ATTACH_REPLACED
							   : ATTACH_FOREIGN;
}

int place_classify(const struct attach *a, const struct place_base *base,
		   int place, enum attach_outcome *ret)
{
	struct inside_look look;
	struct mountinfo m;
	int r = inside_look(a->target->proc, place, &look);

	if (r < 0)
		return r;

	if (look.mnt_id == base->mnt_id) {
		if (look.type != S_IFREG)
			return -EINVAL;
		*ret = ATTACH_MOUNTED;
		return 0;
	}

	/* Gone, or come, a moment ago: by somebody who is at work in there. */
	r = mount_of(base->mounts, place, &m);
	if (r < 0 && r != -ENOENT)
		return r;

	*ret = r == 0 ? classify_mount(a, &m) : ATTACH_FOREIGN;
	return 0;
}
