/* SPDX-License-Identifier: Apache-2.0 */
/* Single mounts of the caller's namespace. */
#include "mount_of.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "inside.h"
#include "statmount.h"

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000 /* Linux 6.8 */
#endif

void mount_asker_free(struct mount_asker *a)
{
	str_free(&a->answer);
	str_free(&a->all);
}

/* A number that no other mount has had since boot; 0: not told. */
static uint64_t unique_id(int fd)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		  STATX_MNT_ID_UNIQUE, &st) < 0 ||
	    !(st.stx_mask & STATX_MNT_ID_UNIQUE))
		return 0;

	return st.stx_mnt_id;
}

/* "fuse" alone may be what is left of "fuse.resview": statmount(2) tells the
 * second half since Linux 6.13. */
static bool is_half(const struct mountinfo *m)
{
	return slice_is(m->type, "fuse");
}

/* Returns -ENOSYS also when it does not tell all. */
static int ask(struct mount_asker *a, int fd, struct mountinfo *ret)
{
	const struct mount_request q = {
		.size = sizeof(q),
		.mnt_id = unique_id(fd),
		.param = STATUS_WANTED,
	};
	autostr struct str status = { 0 };
	struct slice line;
	int r = q.mnt_id ? statmount_read(&q, MOUNTINFO_MAX, &status) : -ENOSYS;

	if (r < 0)
		return r == -ENOENT ? r : -ENOSYS;

	str_reset(&a->answer);
	(void)statmount_line(status.text, status.len, &a->answer);
	line = slice_of(str_text(&a->answer));
	return mountinfo_next(&line, ret) && !is_half(ret) ? 0 : -ENOSYS;
}

static int find(struct mount_asker *a, int fd, struct mountinfo *ret)
{
	struct inside_look look;
	int r = inside_look(a->proc, fd, &look);

	if (r == 0 && !a->listed)
		r = mountinfo_read(a->proc, 0, MOUNTINFO_MAX, &a->all);
	if (r < 0)
		return r;

	a->listed = true;
	return mountinfo_find(slice_of(str_text(&a->all)), look.mnt_id, ret)
		       ? 0
		       : -ENOENT;
}

int mount_of(struct mount_asker *a, int fd, struct mountinfo *ret)
{
	int r = ask(a, fd, ret);

	return r == -ENOSYS ? find(a, fd, ret) : r;
}
