/* SPDX-License-Identifier: Apache-2.0 */
/* From annotations to a decision. */
#include "select.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "json.h"
#include "parse.h"

#define PREFIX "io.resview."

/* Annotations may be megabytes of anything. What is said of them is not, and no
 * list of views is that long. */
#define SHOWN_MAX   64
#define UNKNOWN_MAX 512
#define VIEWS_MAX   4096

enum annotation {
	ENABLE,
	ENABLE_POUCH, /* what PouchContainer's users have in their pods */
	VIEWS,
	CPU,
	UPTIME,
	ANNOTATIONS,
};

static const char *const names[ANNOTATIONS] = {
	[ENABLE] = PREFIX "enable",
	[ENABLE_POUCH] = "io.kubernetes.lxcfs.enabled",
	[VIEWS] = PREFIX "views",
	[CPU] = PREFIX "cpu",
	[UPTIME] = PREFIX "uptime",
};

/* How engines mark the container that only holds a pod's namespaces. */
static const struct {
	const char *name;
	const char *value;
} sandboxes[] = {
	{ "io.kubernetes.cri.container-type", "sandbox" },
	{ "io.kubernetes.cri-o.ContainerType", "sandbox" },
	{ "io.kubernetes.docker.type", "podsandbox" },
};

/* Words an annotation may have, and what each means. */
struct word {
	const char *text;
	unsigned value;
};

static const struct word enable_words[] = {
	{ "true", true },   { "1", true },  { "yes", true },
	{ "false", false }, { "0", false }, { "no", false },
};
static const struct word cpu_words[] = {
	{ "quota", CPU_QUOTA },
	{ "host", CPU_HOST },
};
static const struct word uptime_words[] = {
	{ "container", UPTIME_CONTAINER },
	{ "host", UPTIME_HOST },
};

struct found {
	const char *value[ANNOTATIONS];
	bool sandbox;
	struct selection *selection;
};

void selection_free(struct selection *s)
{
	str_free(&s->unknown);
	str_free(&s->bad);
}

static void add_word(struct str *list, const char *text)
{
	str_addf(list, "%s%.*s", list->len ? " " : "", SHOWN_MAX, text);
}

static bool has_word(const struct str *list, const char *text)
{
	struct slice rest = slice_of(str_text(list));
	struct slice word;

	while (slice_until(&rest, ' ', &word))
		if (word.len == strnlen(text, SHOWN_MAX) &&
		    strncmp(word.p, text, word.len) == 0)
			return true;

	return false;
}

/* Each is named once, and the first ones are enough. */
static void note_unknown(struct str *unknown, const char *name)
{
	if (unknown->len < UNKNOWN_MAX && !has_word(unknown, name))
		add_word(unknown, name);
}

static bool is_sandbox(const char *name, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(sandboxes); i++)
		if (strcmp(name, sandboxes[i].name) == 0)
			return strcmp(value, sandboxes[i].value) == 0;

	return false;
}

/* The first that is found counts. */
static int note(const char *name, const char *value, void *arg)
{
	struct found *found = arg;
	struct str *unknown = &found->selection->unknown;

	for (size_t i = 0; i < ANNOTATIONS; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		if (!found->value[i])
			found->value[i] = value;
		return 0;
	}

	if (is_sandbox(name, value))
		found->sandbox = true;
	else if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		note_unknown(unknown, name);

	return unknown->err;
}

static void note_bad(struct found *found, enum annotation which)
{
	struct str *bad = &found->selection->bad;

	add_word(bad, names[which]);
	str_addf(bad, "=%.*s", SHOWN_MAX, found->value[which]);
}

/* The meaning of an annotation, UNSAID where there is none or a bad one. */
static unsigned meaning(struct found *found, enum annotation which,
			const struct word *words, size_t n, unsigned unsaid)
{
	const char *value = found->value[which];

	if (!value)
		return unsaid;

	for (size_t i = 0; i < n; i++)
		if (strcasecmp(value, words[i].text) == 0)
			return words[i].value;

	note_bad(found, which);
	return unsaid;
}

static const char *views_of(struct found *found)
{
	const char *list = found->value[VIEWS];

	if (!list || strlen(list) <= VIEWS_MAX)
		return list;

	note_bad(found, VIEWS);
	return NULL;
}

static void decide(struct found *found, bool on)
{
	struct selection *s = found->selection;

	on = meaning(found, ENABLE_POUCH, enable_words,
		     ARRAY_SIZE(enable_words), on);
	on = meaning(found, ENABLE, enable_words, ARRAY_SIZE(enable_words), on);
	s->on = on && !found->sandbox;
	s->views = views_of(found);
	s->cpu = (enum cpu_policy)meaning(found, CPU, cpu_words,
					  ARRAY_SIZE(cpu_words), CPU_QUOTA);
	s->uptime = (enum uptime_policy)meaning(found, UPTIME, uptime_words,
						ARRAY_SIZE(uptime_words),
						UPTIME_CONTAINER);
}

int select_views(struct json_object *state, struct json_object *config, bool on,
		 struct selection *ret)
{
	autoselection struct selection s = { 0 };
	struct found found = { .selection = &s };
	int r = state ? json_each_string(state, note, &found) : 0;

	if (r == 0 && config)
		r = json_each_string(config, note, &found);
	if (r < 0)
		return r;

	decide(&found, on);
	if (s.bad.err)
		return s.bad.err;

	*ret = s;
	s = (struct selection){ 0 };
	return 0;
}
