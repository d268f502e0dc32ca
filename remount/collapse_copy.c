/* SPDX-License-Identifier: Apache-2.0 */
/* The copy of a namespace in which stacks are taken apart.
 *
 * All layers in it go, from the top down. The parent alone has a peer in the
 * namespace itself, so nothing of that shows there but the end of the lowest.
 * Nobody else is in the copy; it ends with this process, which propagates
 * nothing. */
#include "collapse_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base.h"
#include "inside.h"
#include "mounts.h"
#include "swap.h"

#ifndef MOVE_MOUNT_SET_GROUP
#define MOVE_MOUNT_SET_GROUP 0x00000100 /* Linux 5.15 */
#endif

int stack_depth(int proc, int parent, const char *file, const struct mounts *m,
		struct depth *ret)
{
	autoclose int top = inside_open(parent, file, INSIDE_ONE_MOUNT);
	struct depth d = { 0 };
	struct inside_look base = { 0 };
	struct inside_look look = { 0 };
	int r = top < 0 ? top : inside_look(proc, top, &look);

	if (r == 0)
		r = inside_look(proc, parent, &base);
	if (r < 0)
		return r;

	for (uint64_t id = look.mnt_id; id != base.mnt_id;) {
		const struct mountinfo *layer = mounts_find(m, id);

		if (!layer)
			return -ESTALE;
		if (d.layers++ && layer->shared)
			d.shared++;
		id = layer->parent;
	}

	*ret = d;
	return 0;
}

int group_join(int from, int parent)
{
	return move_mount(from, "", parent, "",
			  MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_F_EMPTY_PATH |
				  MOVE_MOUNT_T_EMPTY_PATH) < 0
		       ? -errno
		       : 0;
}

struct copy {
	const struct file_stacks *stacks;
	struct mounts mounts;
	int parent; /* here */
};

/* The parent is found by where it is, and known by its group. */
static int copy_open(struct copy *c, uint64_t group)
{
	autoclose int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct mountinfo *m;
	struct inside_look look = { 0 };
	int r;

	if (top < 0)
		return -errno;

	c->parent = inside_open(top, c->stacks->path, INSIDE_DIRECTORY);
	if (c->parent < 0)
		return c->parent;

	r = mounts_read(c->stacks->proc, 0, MOUNTINFO_MAX, &c->mounts);
	if (r == 0)
		r = inside_look(c->stacks->proc, c->parent, &look);
	if (r < 0)
		return r;

	m = mounts_find(&c->mounts, look.mnt_id);
	return m && m->shared == group ? 0 : -ESTALE;
}

static void unmount_layers(const struct copy *c, const char *file, unsigned n)
{
	for (int r = 0; r == 0 && n > 0; n--) {
		autoclose int top =
			inside_open(c->parent, file, INSIDE_ONE_MOUNT);

		r = top < 0 ? top : swap_unmount(c->stacks->proc, top);
	}
}

/* The unmount of what is mounted on a shared layer would show in the namespace,
 * too. Returns how many stacks are left for that reason. */
static size_t clear_stacks(const struct copy *c, bool shared)
{
	size_t left = 0;

	for (size_t i = 0; i < c->stacks->count; i++) {
		const struct file_stack *s = &c->stacks->list[i];
		struct depth d;

		if (!s->keep || stack_depth(c->stacks->proc, c->parent, s->file,
					    &c->mounts, &d) < 0)
			continue;
		if (d.layers <= s->keep)
			continue;
		if (d.shared && !shared)
			left++;
		else
			unmount_layers(c, s->file, d.layers);
	}

	return left;
}

/* Layers that are hidden cannot be named: so all that is mounted in the parent
 * is made private with it, and the parent brought back into its group. */
static int make_private(const struct copy *c)
{
	int r = swap_propagation(c->stacks->proc, c->parent,
				 MS_REC | MS_PRIVATE);

	return r < 0 ? r : group_join(c->stacks->parent, c->parent);
}

int copy_clear(const struct file_stacks *s, uint64_t group)
{
	struct copy c = { .stacks = s, .parent = -1 };
	int r = unshare(CLONE_NEWNS) < 0 ? -errno : copy_open(&c, group);

	if (r == 0 && clear_stacks(&c, false) > 0 && make_private(&c) == 0)
		(void)clear_stacks(&c, true);

	close_at(&c.parent);
	mounts_free(&c.mounts);
	return r;
}
