/* SPDX-License-Identifier: Apache-2.0 */
/* --json: all of a survey, for programs. resview-remount(8) says what is in
 * it. */
#include "show.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "json.h"
#include "printable.h"
#include "str.h"
#include "words.h"

/* TEXT may be NULL; the container may have chosen it. */
static void put_text(struct str *out, const char *key, const char *text)
{
	autostr struct str unicode = { 0 };

	if (!text) {
		json_put_null(out, key);
		return;
	}

	printable_json(text, &unicode);
	json_put_string(out, key, str_text(&unicode));
	if (unicode.err)
		out->err = unicode.err;
}

/* 0 is "not known". */
static void put_number(struct str *out, const char *key, uint64_t value)
{
	if (value)
		json_put_u64(out, key, value);
	else
		json_put_null(out, key);
}

static void put_error(struct str *out, enum place_action a, int r)
{
	put_text(out, "error", r ? why_not(a, r) : NULL);
}

static void put_place(struct str *out, const struct place *p)
{
	bool tried = p->action != ACTION_NONE && p->err != -EINPROGRESS;

	json_put_begin(out, NULL, '{');
	put_text(out, "path", p->target);
	put_text(out, "state", state_name(p->state));
	json_put_u64(out, "beneath", p->beneath);
	json_put_bool(out, "loose", p->loose);
	put_text(out, "action", action_name(p->action));
	json_put_bool(out, "done", tried && p->err == 0);
	put_error(out, p->action, tried ? p->err : 0);
	json_put_end(out, '}');
}

static void put_scene(struct str *out, const struct scene *scene)
{
	json_put_begin(out, NULL, '{');
	json_put_u64(out, "inode", scene->space->id.ino);
	put_number(out, "pid", (uint64_t)scene->space->pid);
	put_error(out, ACTION_NONE, scene->err);
	json_put_begin(out, "places", '[');
	for (size_t i = 0; i < scene->count; i++)
		put_place(out, &scene->places[i]);
	json_put_end(out, ']');
	json_put_end(out, '}');
}

static void put_container(struct str *out, const struct container *c)
{
	json_put_begin(out, NULL, '{');
	put_text(out, "id", c->id);
	put_text(out, "runtime",
		 strcmp(c->runtime, "-") == 0 ? NULL : c->runtime);
	put_number(out, "pid", (uint64_t)c->pid);
	json_put_bool(out, "recorded", c->record);
	json_put_bool(out, "detached", c->record && c->record->detached);
	put_number(out, "memory_limit", c->memory);
	put_number(out, "cpus", c->cpus);

	json_put_begin(out, "views", '{');
	for (int s = 0; s < PLACE_STATES; s++)
		json_put_u64(out, state_name((enum place_state)s),
			     survey_count(c, (enum place_state)s));
	json_put_end(out, '}');

	json_put_begin(out, "namespaces", '[');
	for (size_t i = 0; i < c->count; i++)
		put_scene(out, &c->scenes[i]);
	json_put_end(out, ']');
	json_put_end(out, '}');
}

static void put_connection(struct str *out, const struct survey *s,
			   uint64_t now)
{
	const struct devices *d = &s->devices;
	uint64_t since = d->count ? d->list[d->count - 1].since : 0;

	put_text(out, "mountpoint", s->mountpoint);
	json_put_bool(out, "alive", s->mountpoint && s->answer == 0);
	put_error(out, ACTION_NONE, s->answer);
	if (s->mountpoint && since)
		json_put_u64(out, "connection_age", sub_floor(now, since));
	else
		json_put_null(out, "connection_age");
}

void show_json(const struct survey *s, uint64_t now, struct str *out)
{
	json_put_begin(out, NULL, '{');
	put_connection(out, s, now);
	figures_json(&s->figures, out);
	json_put_begin(out, "containers", '[');
	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].named)
			put_container(out, &s->list[i]);
	json_put_end(out, ']');
	json_put_end(out, '}');
	str_adds(out, "\n");
}
