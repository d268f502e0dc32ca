/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be done, and what was left, a line each. */
#include "show.h"

#include <inttypes.h>

#include "log.h"
#include "outcome.h"
#include "printable.h"
#include "str.h"
#include "words.h"

#define PATHS_MAX 8 /* in a line */

static bool same_fate(const struct place *p, const struct place *q)
{
	if (outcome_of(p) != outcome_of(q) || p->action != q->action)
		return false;

	return p->action == ACTION_NONE ? p->state == q->state
					: p->err == q->err;
}

/* "/proc/stat, /proc/swaps": P, and those after it with the same fate. */
static void paths_put(const struct scene *scene, const struct place *p,
		      struct str *out)
{
	size_t n = 0;

	for (const struct place *q = p; q < scene->places + scene->count; q++) {
		if (!same_fate(p, q) || n++ >= PATHS_MAX)
			continue;
		str_adds(out, n > 1 ? ", " : "");
		printable_line(q->target, out);
	}
	if (n > PATHS_MAX)
		str_addf(out, " and %zu more", n - PATHS_MAX);
}

static bool is_first(const struct scene *scene, const struct place *p)
{
	for (const struct place *q = scene->places; q < p; q++)
		if (same_fate(p, q))
			return false;

	return true;
}

static void place_say(const struct container *c, const struct scene *scene,
		      const struct place *p)
{
	autostr struct str line = { 0 };
	enum outcome what = outcome_of(p);

	if (what == OUTCOME_NONE || what == OUTCOME_DONE || !is_first(scene, p))
		return;

	words_whose(c, scene, &line);
	paths_put(scene, p, &line);
	if (what == OUTCOME_LEFT)
		str_addf(&line, ": %s, left as it is", state_words(p->state));
	else
		str_addf(&line, ": not %s: %s", action_done(p->action),
			 why_not(p->action, p->err));
	log_line(what == OUTCOME_FAILED ? LOG_ERR : LOG_WARNING, "%s",
		 str_text(&line));
}

/* "mount namespace 4026532177 and 3 more": SCENE, and those after it with the
 * same error. */
static void namespaces_put(const struct container *c, const struct scene *scene,
			   struct str *out)
{
	size_t more = 0;

	for (const struct scene *s = scene + 1; s < c->scenes + c->count; s++)
		more += s->err == scene->err;
	str_addf(out, "mount namespace %" PRIu64,
		 (uint64_t)scene->space->id.ino);
	if (more)
		str_addf(out, " and %zu more", more);
}

static void error_say(const struct container *c, const struct scene *scene)
{
	autostr struct str which = { 0 };

	if (!scene->err)
		return;
	for (const struct scene *s = c->scenes; s < scene; s++)
		if (s->err == scene->err)
			return;

	namespaces_put(c, scene, &which);
	log_line(scene_failed(scene) ? LOG_ERR : LOG_WARNING,
		 "container %s: %s: %s; left as it is", c->id, str_text(&which),
		 why_not(ACTION_NONE, scene->err));
}

static void scene_say(const struct container *c, const struct scene *scene)
{
	error_say(c, scene);
	for (size_t i = 0; i < scene->count; i++)
		place_say(c, scene, &scene->places[i]);
}

size_t show_failures(const struct survey *s)
{
	struct tally t;

	for (size_t i = 0; i < s->count; i++) {
		const struct container *c = &s->list[i];

		for (size_t k = 0; c->named && k < c->count; k++)
			scene_say(c, &c->scenes[k]);
	}

	tally(s, &t);
	return t.failed;
}
