/* SPDX-License-Identifier: Apache-2.0 */
/* A mount namespace that we are in: what is found where. */
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base.h"
#include "inside.h"
#include "swap.h"

void room_leave(struct room *room)
{
	mounts_free(&room->mounts);
	close_at(&room->root);
	*room = (struct room)ROOM_NONE;
}

void found_close(struct found *f)
{
	close_at(&f->fd);
	*f = (struct found)FOUND_NONE;
}

int room_look(struct room *room)
{
	automounts struct mounts m = { 0 };
	int r = mounts_read(room->target->proc, 0, MOUNTINFO_MAX, &m);

	if (r < 0)
		return r;

	mounts_free(&room->mounts);
	room->mounts = m;
	m = (struct mounts){ 0 };
	return 0;
}

bool room_on_live(const struct room *room, const struct mountinfo *m)
{
	const struct mountinfo *next = mounts_find(&room->mounts, m->parent);

	return next && layer_of(&room->judge, next) == LAYER_LIVE &&
	       slice_same(next->target, m->target) &&
	       slice_same(next->root, m->root);
}

static bool is_fuse(struct slice type)
{
	return slice_is(type, "fuse") || slice_is(type, "fuseblk") ||
	       (type.len > 5 && memcmp(type.p, "fuse.", 5) == 0);
}

/* Does the way to M lead through FUSE of the container's? Who waits there for
 * an answer cannot be killed. The root is passed over: there are engines that
 * have it in FUSE, and without it there is no way to anything. */
static bool may_hang(const struct room *room, const struct mountinfo *m)
{
	const struct mountinfo *in;

	for (size_t i = 0; i < room->mounts.count; i++, m = in) {
		in = mounts_find(&room->mounts, m->parent);
		if (!in || in == m || !mounts_find(&room->mounts, in->parent))
			return false;
		if (!slice_same(in->target, m->target) && is_fuse(in->type) &&
		    layer_of(&room->judge, in) != LAYER_STALE &&
		    layer_of(&room->judge, in) != LAYER_LIVE)
			return true;
	}

	return true; /* a list without sense */
}

/* Returns 0, -EREMOTE when it may hang, or -ESTALE when there is none. */
static int look_ahead(const struct room *room, const char *target)
{
	int r = -ESTALE;

	for (size_t i = 0; i < room->mounts.count; i++) {
		if (!mountinfo_is(room->mounts.list[i].target, target))
			continue;
		if (may_hang(room, &room->mounts.list[i]))
			return -EREMOTE;
		r = 0;
	}

	return r;
}

/* The path is the kernel's name of a mount in this namespace: whatever the
 * container may have put in its way since, what is opened counts only if it is
 * a mount that the kernel's list has at this place. */
int room_find(const struct room *room, const char *target, struct found *ret)
{
	autofound struct found f = FOUND_NONE;
	struct inside_look look;
	int r = look_ahead(room, target);

	if (r < 0)
		return r;

	f.fd = inside_open(room->root, target, 0);
	if (f.fd == -ENOENT || f.fd == -ENOTDIR || f.fd == -EXDEV)
		return -ESTALE; /* it was there when the list was made */
	if (f.fd < 0)
		return f.fd;

	r = inside_look(room->target->proc, f.fd, &look);
	if (r < 0)
		return r;

	f.m = mounts_find(&room->mounts, look.mnt_id);
	if (!f.m || f.m->dev != look.dev || !mountinfo_is(f.m->target, target))
		return -ESTALE;

	*ret = (struct found){ take_fd(&f.fd), f.m,
			       layer_of(&room->judge, f.m) };
	return 0;
}

int room_may_change(const struct room *room, const struct mountinfo *m)
{
	const struct mountinfo *bottom = layers_bottom(&room->mounts, m);
	const struct mountinfo *in = mounts_find(&room->mounts, bottom->parent);

	if (layers_within(&room->mounts, m))
		return -ENOTEMPTY;
	if (!in)
		return -ESTALE;

	return target_refuse_peer(room->target, in->shared);
}

int room_take_off(struct room *room, const struct found *f)
{
	int r = room_may_change(room, f->m);

	if (r == 0)
		r = swap_unmount(room->target->proc, f->fd);

	return r < 0 ? r : room_look(room);
}
