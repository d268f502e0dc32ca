/* SPDX-License-Identifier: Apache-2.0 */
/* What became of places and namespaces, and how many of each there are. */
#include "outcome.h"

#include <errno.h>

#include "show.h"
#include "str.h"
#include "words.h"

/* LXCFS's is told of where it lies over something. */
static bool is_left(const struct place *p)
{
	return p->state == PLACE_FOREIGN ||
	       (p->state == PLACE_LXCFS && p->beneath);
}

/* Layers beneath a live one harm nobody; where the kernel keeps them there,
 * there is nothing to tell. */
static bool is_kept(const struct place *p)
{
	return p->action == ACTION_TIDY &&
	       (p->err == -EPERM || p->err == -EINVAL || p->err == -EOPNOTSUPP);
}

enum outcome outcome_of(const struct place *p)
{
	if (p->action == ACTION_NONE)
		return is_left(p) ? OUTCOME_LEFT : OUTCOME_NONE;
	if (is_kept(p))
		return OUTCOME_NONE;

	switch (p->err) {
	case 0:
		return OUTCOME_DONE;
	case -EINPROGRESS:
		return OUTCOME_NONE;
	case -ESRCH:
		return OUTCOME_GONE;
	default:
		return OUTCOME_FAILED;
	}
}

bool scene_failed(const struct scene *scene)
{
	return scene->err && scene->err != -ESRCH;
}

/* Whether it was looked at again since it was worked on, or not. */
static bool is_live(const struct place *p)
{
	if (outcome_of(p) != OUTCOME_DONE)
		return p->state == PLACE_LIVE;

	return p->action != ACTION_DETACH;
}

static void scene_tally(const struct scene *scene, struct tally *t)
{
	t->failed += scene_failed(scene);
	for (size_t i = 0; i < scene->count; i++) {
		const struct place *p = &scene->places[i];
		enum outcome what = outcome_of(p);

		t->live += is_live(p);
		t->done[p->action] += what == OUTCOME_DONE;
		t->left += what == OUTCOME_LEFT;
		t->failed += what == OUTCOME_FAILED;
	}
}

void tally(const struct survey *s, struct tally *ret)
{
	*ret = (struct tally){ 0 };
	for (size_t i = 0; i < s->count; i++) {
		const struct container *c = &s->list[i];

		if (!c->named)
			continue;
		ret->containers++;
		for (size_t k = 0; k < c->count; k++)
			scene_tally(&c->scenes[k], ret);
	}
}

void show_summary(const struct survey *s, struct str *out)
{
	struct tally t;

	tally(s, &t);
	str_addf(out, "%zu container%s: %zu view%s live", t.containers,
		 t.containers == 1 ? "" : "s", t.live, t.live == 1 ? "" : "s");
	for (int a = ACTION_NONE + 1; a < ACTIONS; a++)
		if (t.done[a])
			str_addf(out, ", %zu %s", t.done[a],
				 action_done((enum place_action)a));
	if (t.left)
		str_addf(out, ", %zu left to %s", t.left,
			 t.left == 1 ? "its owner" : "their owners");
	str_addf(out, ", %zu failed\n", t.failed);
}
