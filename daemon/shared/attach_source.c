/* SPDX-License-Identifier: Apache-2.0 */
/* Our files, cloned from our own mount before any namespace is entered. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "devices.h"
#include "mountinfo.h"
#include "parse.h"
#include "registry.h"
#include "str.h"

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
	autostr struct str mounts = { 0 };
	struct mountinfo m;
	struct statx st;
	int r;

	if (fd < 0)
		return -errno;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		  STATX_TYPE | STATX_MNT_ID, &st) < 0)
		return -errno;

	r = mountinfo_read(proc, 0, MOUNTINFO_MAX, &mounts);
	if (r < 0)
		return r;
	if (!(st.stx_attributes & STATX_ATTR_MOUNT_ROOT) ||
	    !mountinfo_find(slice_of(str_text(&mounts)), st.stx_mnt_id, &m) ||
	    !is_fuse(m.type) || !slice_is(m.root, "/"))
		return -ENODEV;

	ret->root = take_fd(&fd);
	ret->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	return 0;
}

_Static_assert(ATTACH_STALE_MAX >= DEVICES_MAX, "room for all");

int attach_read_stale(int run_dir, struct attach *a)
{
	struct devices d;
	int r = devices_read(run_dir, &d);

	if (r < 0)
		return r;

	a->nstale = 0;
	for (size_t i = 0; i < d.count; i++)
		if (d.list[i].dev != a->origin->dev)
			a->stale[a->nstale++] = d.list[i].dev;

	return 0;
}

/* Inputs: the table of views and a valid id; the answer comes from the daemon.
 * open_tree(2) does not follow a symbolic link, and what it found must be a
 * plain file of our own superblock, so a mount over our tree is not cloned. */
static int source_open(const struct attach *a, int dir, struct attach_view *v)
{
	autoclose int fd = open_tree(dir, v->path,
				     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
					     AT_SYMLINK_NOFOLLOW);
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			    MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
	};
	struct statx st;

	if (fd < 0)
		return -errno;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		  STATX_TYPE | STATX_MNT_ID, &st) < 0)
		return -errno;
	if (makedev(st.stx_dev_major, st.stx_dev_minor) != a->origin->dev ||
	    !S_ISREG(st.stx_mode))
		return -EINVAL;

	if (!v->writable)
		attr.attr_set |= MOUNT_ATTR_RDONLY;
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -errno;

	v->source = take_fd(&fd);
	v->mnt_id = st.stx_mnt_id;
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

int attach_open(struct attach *a)
{
	char path[sizeof("containers/") + RECORD_ID_MAX] = "containers/";
	autoclose int dir = -1;

	if (!id_valid(a->id))
		return -EINVAL;

	(void)strncat(path, a->id, RECORD_ID_MAX);
	dir = openat(a->origin->root, path,
		     O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;

	read_ahead(dir, "proc");
	for (size_t i = 0; i < a->count; i++) {
		struct attach_view *v = &a->views[i];
		int r = source_open(a, dir, v);

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
		close_at(&a->views[i].source);
		a->views[i].source = -1;
	}
}
