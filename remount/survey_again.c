/* SPDX-License-Identifier: Apache-2.0 */
/* A survey that is there: looked at again, counted, given back. */
#include <errno.h>
#include <string.h>

#include "base.h"
#include "mountinfo.h"
#include "scene.h"
#include "survey.h"

struct record *survey_record(struct survey *s, struct record *rec)
{
	struct known *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;

	k->record = *rec;
	k->next = s->known;
	s->known = k;
	*rec = (struct record){ 0 };
	return &k->record;
}

/* Where we were taken out of, nothing of ours is to be seen; but it is to be
 * told. */
static void keep_detached(struct scene *scene, struct scene *old)
{
	struct scene seen = *scene;
	struct place *list;

	if (scene->err < 0)
		return;

	list = reallocarray(scene->places, scene->count + old->count + 1,
			    sizeof(*list));
	if (!list)
		return;

	scene->places = seen.places = list;
	for (size_t i = 0; i < old->count; i++) {
		struct place *p = &old->places[i];

		if (p->action != ACTION_DETACH || scene_find(&seen, p->target))
			continue;
		p->state = PLACE_MISSING;
		p->beneath = 0;
		list[scene->count++] = *p;
		*p = (struct place){ 0 };
	}
	scene_sort(scene);
}

void survey_again(struct survey *s, const struct container *c,
		  struct scene *scene)
{
	struct scene old = *scene;
	bool own = c->record && ns_same(c->record->mntns, scene->space->id);

	scene->places = NULL;
	scene->count = 0;
	scene_look(s, scene, own ? c->record : NULL, MOUNTINFO_MAX);

	for (size_t i = 0; i < scene->count; i++) {
		struct place *p = &scene->places[i];
		const struct place *before = scene_find(&old, p->target);

		if (!before)
			continue;
		p->action = before->action;
		p->err = before->err;
	}
	keep_detached(scene, &old);
	scene_free(&old);
}

bool survey_is_late(const struct survey *s)
{
	return s->until && clock_ns(CLOCK_MONOTONIC) >= s->until;
}

void survey_long(struct survey *s)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < s->list[i].count; k++) {
			struct scene *scene = &s->list[i].scenes[k];

			if (scene->err != -EFBIG && scene->err != -EAGAIN)
				continue;
			if (survey_is_late(s))
				return;
			survey_again(s, &s->list[i], scene);
			scene->again = true;
		}
}

size_t survey_places(const struct container *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += c->scenes[i].count;

	return n;
}

size_t survey_count(const struct container *c, enum place_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->scenes[i].count; k++)
			n += c->scenes[i].places[k].state == state;

	return n;
}

void survey_free(struct survey *s)
{
	for (size_t i = 0; i < s->nscenes; i++)
		scene_free(&s->scenes[i]);
	while (s->known) {
		struct known *next = s->known->next;

		record_free(&s->known->record);
		free(s->known);
		s->known = next;
	}
	free(s->scenes);
	free(s->list);
	free(s->mountpoint);
	origin_close(&s->origin);
	spaces_free(&s->spaces);
	*s = (struct survey){ 0 };
}
