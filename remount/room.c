/* SPDX-License-Identifier: Apache-2.0 */
/* A mount namespace that we are in: what is found where. */
#include "room.h"

#include <errno.h>
#include <fcntl.h>

#include "base.h"
#include "inside.h"

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

/* The path is the kernel's name of a mount in this namespace: whatever the
 * container may have put in its way since, what is opened counts only if it is
 * a mount that the kernel's list has at this place. */
int room_find(const struct room *room, const char *target, struct found *ret)
{
	autostr struct str path = { 0 };
	autofound struct found f = FOUND_NONE;
	struct inside_look look;
	int r;

	f.fd = inside_open(room->root, target, 0);
	if (f.fd < 0)
		return f.fd;

	r = inside_look(room->target->proc, f.fd, &look);
	if (r < 0)
		return r;

	f.m = mounts_find(&room->mounts, look.mnt_id);
	if (!f.m || f.m->dev != look.dev)
		return -ESTALE;
	mountinfo_unescape(f.m->target, &path);
	if (path.err)
		return path.err;
	if (!slice_is(slice_of(str_text(&path)), target))
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
