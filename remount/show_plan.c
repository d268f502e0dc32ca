/* SPDX-License-Identifier: Apache-2.0 */
/* --dry-run: what would be done. */
#include "show.h"

#include "printable.h"
#include "str.h"
#include "words.h"

static void place_put(const struct place *p, struct str *out)
{
	printable_line(p->target, out);
	str_addf(out, ": %s, would be %s", state_words(p->state),
		 action_done(p->action));
	if (p->beneath)
		str_addf(out, " (with %u layer%s beneath)", p->beneath,
			 p->beneath == 1 ? "" : "s");
	if (p->loose)
		str_adds(out, " (its attributes)");
	str_adds(out, "\n");
}

static size_t scene_put(const struct container *c, const struct scene *scene,
			struct str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->count; i++) {
		if (scene->places[i].action == ACTION_NONE)
			continue;
		words_whose(c, scene, out);
		place_put(&scene->places[i], out);
		n++;
	}

	return n;
}

size_t show_plan(const struct survey *s, struct str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct container *c = &s->list[i];

		for (size_t k = 0; c->named && k < c->count; k++)
			n += scene_put(c, &c->scenes[k], out);
	}

	return n;
}
