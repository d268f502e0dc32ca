/* SPDX-License-Identifier: Apache-2.0 */
/* What is done at one place of a namespace that we are in. */
#include "act.h"

#include <errno.h>

#include "rights.h"
#include "room.h"
#include "survey.h"
#include "swap.h"

#define DEAD_MAX 16 /* layers; of more, the others are hidden later on */

/* What is there was put there by a daemon of ours, or it says that it is
 * LXCFS's: who made that up has our file in his own container then. */
static bool is_to_go(const struct place *p, enum layer kind)
{
	return kind == LAYER_STALE ||
	       (kind == LAYER_LXCFS && p->action == ACTION_ADOPT);
}

static bool on_dead(const struct room *room, const struct found *f)
{
	const struct mountinfo *next = mounts_find(&room->mounts, f->m->parent);

	return f->kind == LAYER_STALE && next &&
	       layer_of(&room->judge, next) == LAYER_STALE &&
	       slice_same(next->target, f->m->target);
}

/* What is to be replaced at P. What lies beneath a dead file is as dead: who
 * loses the upper one sees no more than before. Later on, beneath a live one,
 * it could not be taken away everywhere. Nor can one that is locked, which is
 * no failure. */
static int find_to_go(struct room *room, const struct place *p,
		      struct found *ret)
{
	bool locked = false;

	for (unsigned i = 0;; i++) {
		autofound struct found f = FOUND_NONE;
		int r = room_find(room, p->target, &f);

		if (r < 0)
			return r;
		if (locked || i == DEAD_MAX || !on_dead(room, &f)) {
			*ret = f;
			f = (struct found)FOUND_NONE;
			return 0;
		}

		r = room_take_off(room, &f);
		locked = r == -EINVAL;
		if (r < 0 && !locked)
			return r;
	}
}

/* The attributes are those of before, and never less than those that all of
 * ours have. */
int act_swap(struct room *room, const struct place *p,
	     const struct source *source)
{
	autofound struct found f = FOUND_NONE;
	unsigned may = rights_of(p->source);
	int covered;
	int r = find_to_go(room, p, &f);

	if (r < 0)
		return r;
	if (f.kind == LAYER_LIVE)
		return 0;
	if (!is_to_go(p, f.kind))
		return -ESTALE;

	r = room_may_change(room, f.m);
	/* Who was killed between the two steps of a swap has left it there. */
	if (r == 0 && room_on_live(room, f.m))
		return swap_unmount(room->target->proc, f.fd);
	if (r == 0 && may && rights_read_only(f.m->options)) {
		may = 0;
		r = swap_attributes(room->target->proc, source->fd, may);
	}
	if (r < 0)
		return r;

	covered = swap_mount(room->target->proc, source->fd, f.fd);
	if (covered >= 0 && source->bare)
		r = swap_attributes(room->target->proc, source->fd, may);

	return r < 0 ? r : covered;
}

int act_detach(struct room *room, const struct place *p)
{
	for (;;) {
		autofound struct found f = FOUND_NONE;
		int r = room_find(room, p->target, &f);

		if (r == -ESTALE ||
		    (r == 0 && f.kind != LAYER_LIVE && f.kind != LAYER_STALE))
			return 0; /* it is the container's own again */
		if (r == 0)
			r = room_take_off(room, &f);
		if (r < 0)
			return r;
	}
}
