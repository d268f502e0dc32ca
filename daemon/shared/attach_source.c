/* SPDX-License-Identifier: Apache-2.0 */
/* Our files, cloned from our own mount before any namespace is entered. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base.h"
#include "inside.h"
#include "mount_of.h"
#include "parse.h"
#include "registry.h"
#include "str.h"
#include "swap.h"

#define FUSE_ROOT_INO 1 /* as our daemon says, too */

void origin_close(struct origin *o)
{
	close_at(&o->root);
	*o = (struct origin)ORIGIN_NONE;
}

/* "fuse", "fuse.resview", but not "fusectl" */
static bool is_fuse(struct slice type)
{
	return slice_is(type, "fuse") ||
	       (type.len > 5 && strncmp(type.p, "fuse.", 5) == 0);
}

/* The path is the operator's. What stands there must be the root of a mounted
 * FUSE file system: an empty directory has no views, and a sub-directory
 * mounted there would be somebody's bind. */
int origin_open(int proc, const char *mountpoint, struct origin *ret)
{
	autoclose int fd = open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
	automounts struct mount_asker mounts = { .proc = proc };
	struct inside_look look;
	struct mountinfo m;
	int r;

	if (fd < 0)
		return -errno;

	r = inside_look(proc, fd, &look);
	if (r < 0)
		return r;
	r = mount_of(&mounts, fd, &m);
	if (r < 0)
		return r == -ENOENT ? -ENODEV : r;
	if (!is_fuse(m.type) || !slice_is(m.root, "/") ||
	    look.ino != FUSE_ROOT_INO)
		return -ENODEV;

	ret->proc = proc;
	ret->root = take_fd(&fd);
	ret->dev = look.dev;
	return 0;
}

/* Have the daemon tell all of a folder in one answer (FUSE READDIRPLUS) instead
 * of one for each file that is looked up in it: half of the time that we take
 * is waiting for answers. Only a hint: what goes wrong, goes wrong again. */
static void read_ahead(int dir, const char *folder)
{
	autoclose int fd = openat(
		dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char entries[4096];

	if (fd >= 0)
		(void)syscall(SYS_getdents64, fd, entries, sizeof(entries));
}

int origin_container(const struct origin *o, const char *id)
{
	char path[sizeof("containers/") + RECORD_ID_MAX] = "containers/";
	autoclose int dir = -1;

	if (!id_valid(id))
		return -EINVAL;

	(void)strncat(path, id, RECORD_ID_MAX);
	dir = openat(o->root, path,
		     O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;

	read_ahead(dir, "proc");
	return take_fd(&dir);
}

/* Inputs: names in our own tree; the answer comes from the daemon. open_tree(2)
 * does not follow a symbolic link, and what it found must be of our own
 * superblock, so a mount over our tree is not cloned. */
int origin_source(const struct origin *o, int dir, const char *path,
		  unsigned may, struct source *ret)
{
	unsigned empty = *path ? 0 : AT_EMPTY_PATH;
	autoclose int fd = open_tree(dir, path,
				     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
					     AT_SYMLINK_NOFOLLOW | empty);
	struct inside_look look;
	int r;

	if (fd < 0)
		return -errno;

	r = inside_look(o->proc, fd, &look);
	if (r < 0)
		return r;
	if (look.dev != o->dev || look.type == S_IFLNK)
		return -EINVAL;

	r = swap_attributes(o->proc, fd, may);
	if (r < 0)
		return r;

	*ret = (struct source){ take_fd(&fd), r > 0 };
	return 0;
}

static int open_top(const struct origin *o)
{
	int fd = fcntl(o->root, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int attach_open(struct attach *a)
{
	autoclose int dir = a->id ? origin_container(a->origin, a->id)
				  : open_top(a->origin);

	if (dir < 0)
		return take_fd(&dir);

	for (size_t i = 0; i < a->count; i++) {
		struct attach_view *v = &a->views[i];
		const char *path = *v->served ? v->served : v->path;
		int r = origin_source(a->origin, dir, path,
				      v->writable ? MAY_WRITE : 0, &v->source);

		if (r == -ENOENT)
			v->outcome = ATTACH_MISSING;
		else if (r < 0)
			return r;
	}

	return 0;
}

void attach_close(struct attach *a)
{
	for (size_t i = 0; i < a->count; i++) {
		close_at(&a->views[i].source.fd);
		a->views[i].source.fd = -1;
	}
}
