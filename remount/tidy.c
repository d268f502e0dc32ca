/* SPDX-License-Identifier: Apache-2.0 */
/* One layer at each place, with the attributes that ours have.
 *
 * A live one on a live one is simply taken off. Stale ones beneath are of no
 * harm to anybody, but they stay as long as their container: they are collapsed
 * where the kernel can, and are no failure where it cannot. */
#include "tidy.h"

#include <errno.h>

#include "base.h"
#include "collapse.h"
#include "inside.h"
#include "rights.h"
#include "room.h"
#include "scene.h"
#include "survey.h"
#include "swap.h"

/* The place that STACK is at, if it has an action; else the end. */
static size_t place_of(const struct scene *scene, const struct stack *stack)
{
	autostr struct str target = { 0 };
	const struct place *p;

	mountinfo_unescape(stack->top->target, &target);
	p = scene_find(scene, str_text(&target));

	return p && p->action != ACTION_NONE ? (size_t)(p - scene->places)
					     : scene->count;
}

/* Take live mounts off live mounts of the same file. */
static int take_off(struct room *room, const char *target)
{
	for (;;) {
		autofound struct found f = FOUND_NONE;
		int r = room_find(room, target, &f);

		if (r < 0)
			return r;
		if (f.kind != LAYER_LIVE || !room_on_live(room, f.m))
			return 0;

		r = room_take_off(room, &f);
		if (r < 0)
			return r;
	}
}

static int tighten(const struct room *room, const struct place *p)
{
	autofound struct found f = FOUND_NONE;
	unsigned may = rights_of(p->source);
	int r = room_find(room, p->target, &f);

	if (r < 0 || f.kind != LAYER_LIVE || rights_kept(f.m->options, may))
		return r;

	return swap_attributes(room->target->proc, f.fd, may);
}

/* Only in what the kernel itself has filled: there nothing else is mounted in
 * the moment in which it is shared. */
static bool may_collapse(const struct mountinfo *in)
{
	return in &&
	       (slice_is(in->type, "proc") || slice_is(in->type, "sysfs"));
}

/* Those of one file system; LIST has room for all stacks. */
static void collapse_in(const struct room *room, const struct mountinfo *in,
			struct collapse *list, size_t count)
{
	autostr struct str target = { 0 };
	autofound struct found f = FOUND_NONE;
	int r;

	mountinfo_unescape(in->target, &target);
	r = room_find(room, str_text(&target), &f);
	if (r == 0 && f.m != in)
		r = -ESTALE;
	if (r == 0)
		r = target_refuse_peer(room->target, in->shared);
	if (r == 0)
		r = collapse_stack(room->target->proc, f.fd, list, count);
	for (size_t i = 0; r < 0 && i < count; i++)
		list[i].err = r;
}

struct pile {
	const struct mountinfo *in; /* what the stack is mounted in */
	size_t place;
	unsigned layers;
};

static int pile_order(const void *a, const void *b)
{
	const struct pile *x = a;
	const struct pile *y = b;

	return (x->in->id > y->in->id) - (x->in->id < y->in->id);
}

/* What there is to collapse, those of one file system next to each other. */
static size_t piles_find(const struct room *room, const struct scene *scene,
			 struct pile **ret)
{
	autofree struct stack *stacks = NULL;
	struct pile *piles;
	size_t count;
	size_t n = 0;

	if (layers_find(&room->judge, &room->mounts, &stacks, &count) < 0)
		return 0;

	piles = calloc(count + 1, sizeof(*piles));
	for (size_t i = 0; piles && i < count; i++) {
		struct pile p = {
			mounts_find(&room->mounts, stacks[i].bottom->parent),
			place_of(scene, &stacks[i]),
			stacks[i].lowest,
		};

		if (p.layers && p.place < scene->count && may_collapse(p.in) &&
		    stacks[i].kind == LAYER_LIVE)
			piles[n++] = p;
	}
	if (n)
		qsort(piles, n, sizeof(*piles), pile_order);

	*ret = piles;
	return n;
}

static void collapse_all(struct room *room, const struct scene *scene,
			 int *results)
{
	autofree struct pile *piles = NULL;
	autofree struct collapse *list = NULL;
	size_t n = piles_find(room, scene, &piles);

	list = calloc(n + 1, sizeof(*list));
	if (!list)
		return;

	for (size_t i = 0, k; i < n; i = k) {
		for (k = i; k < n && piles[k].in == piles[i].in; k++)
			list[k] = (struct collapse){
				scene->places[piles[k].place].target,
				piles[k].layers, 0
			};
		collapse_in(room, piles[i].in, list + i, k - i);
	}
	for (size_t i = 0; i < n; i++)
		if (list[i].err < 0 &&
		    scene->places[piles[i].place].action == ACTION_TIDY)
			results[piles[i].place] = list[i].err;
}

void tidy(struct room *room, const struct scene *scene, int *results)
{
	if (room_look(room) < 0)
		return;

	for (size_t i = 0; i < scene->count; i++) {
		const struct place *p = &scene->places[i];
		int r;

		if (p->action == ACTION_NONE)
			continue;
		r = take_off(room, p->target);
		if (r == 0)
			r = tighten(room, p);
		if (p->action == ACTION_TIDY)
			results[i] = r;
	}

	collapse_all(room, scene, results);
}
