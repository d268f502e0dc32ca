/* SPDX-License-Identifier: Apache-2.0 */
/* The options that take a value, so that no value is taken for a verb.
 *
 * The engine chose them all. runc takes an option with one dash or two, its
 * value behind '=' or in the next argument, and options behind the container's
 * id too, where it reads "-file-locks" as one name; crun takes "-bDIR". */
#include "runtime_call.h"

#include <stddef.h>
#include <string.h>

#include "base.h"
#include "parse.h"

#define PRIVATE "--resview-config="

struct name {
	const char *name;
	size_t offset; /* in struct call; NOWHERE: it does not matter to us */
};
#define NOWHERE SIZE_MAX

static const struct name before_verb[] = {
	{ "root", NOWHERE },
	{ "log", offsetof(struct call, log) },
	{ "log-format", offsetof(struct call, format) },
	{ "log-level", NOWHERE },
	{ "criu", NOWHERE },
	{ "rootless", NOWHERE },
	{ "cgroup-manager", NOWHERE },
	{ NULL, 0 },
};

static const struct name behind_verb[] = {
	{ "bundle", offsetof(struct call, bundle) },
	{ "b", offsetof(struct call, bundle) },
	{ "config", offsetof(struct call, spec) },
	{ "f", offsetof(struct call, spec) },
	{ "console-socket", NOWHERE },
	{ "pid-file", NOWHERE },
	{ "preserve-fds", NOWHERE },
	{ "image-path", NOWHERE },
	{ "work-path", NOWHERE },
	{ "manage-cgroups-mode", NOWHERE },
	{ "empty-ns", NOWHERE },
	{ "lsm-profile", NOWHERE },
	{ "lsm-mount-context", NOWHERE },
	{ NULL, 0 },
};

/* Switches that begin with a letter of those. */
static const struct name switches[] = {
	{ "file-locks", NOWHERE },
	{ NULL, 0 },
};

static const struct name *name_find(const struct name *names, struct slice word)
{
	for (; names->name; names++)
		if (slice_is(word, names->name))
			return names;

	return NULL;
}

/* What follows the name in the same argument, "=VALUE" or nothing; NULL when
 * OPTION is not one of NAMES. */
static const char *option_match(const char *option, const struct name *names,
				const struct name **ret)
{
	const char *word = option + (option[1] == '-' ? 2 : 1);
	size_t len = strcspn(word, "=");

	*ret = name_find(names, (struct slice){ word, len });
	if (*ret)
		return word + len;
	if (option[1] == '-' ||
	    name_find(switches, (struct slice){ word, len }))
		return NULL;

	*ret = name_find(names, (struct slice){ word, 1 });
	return *ret ? word + 1 : NULL;
}

static void value_set(const struct name *name, const char *value,
		      struct call *c)
{
	void *at;

	if (name->offset == NOWHERE)
		return;

	at = (char *)c + name->offset;
	*(const char **)at = value;
}

/* The option ARGV[0]. Returns how many arguments it takes, 0 when one is
 * missing. */
static int option_take(char *argv[], const struct name *names, struct call *c)
{
	const struct name *name;
	const char *value = option_match(argv[0], names, &name);

	if (!value)
		return 1; /* a switch */
	if (*value) {
		value_set(name, value + (*value == '='), c);
		return 1;
	}
	if (!argv[1])
		return 0;

	value_set(name, argv[1], c);
	return 2;
}

static void word_take(const char *word, struct call *c)
{
	static const char *const verbs[] = { "create", "run", "restore" };

	if (c->verb) {
		c->id = word;
		return;
	}

	c->verb = word;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		c->adds |= strcmp(word, verbs[i]) == 0;
}

/* The argument ARGV[0], in *OPTIONS whether it may be one. Returns how many it
 * takes, 0 when one is missing. */
static int argument_take(char *argv[], bool *options, struct call *c)
{
	const char *word = argv[0];

	if (!*options || word[0] != '-' || !word[1]) {
		word_take(word, c);
		return 1;
	}
	if (strcmp(word, "--") == 0) {
		*options = !c->verb; /* which has options of its own */
		return 1;
	}

	return option_take(argv, c->verb ? behind_verb : before_verb, c);
}

void call_read(int argc, char *argv[], struct call *ret)
{
	struct call c = { .bundle = ".", .spec = "config.json", .format = "" };
	bool options = true;
	int i = 1;
	int n = 1;

	if (argc > 1 && strncmp(argv[1], PRIVATE, strlen(PRIVATE)) == 0)
		c.config = argv[i++] + strlen(PRIVATE);
	for (; i < argc && n; i += n)
		n = argument_take(argv + i, &options, &c);
	if (n == 0)
		c.adds = false;

	*ret = c;
}
