/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file, by a table of its keys. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define CONFIG_MAX 65536

/* Store what VALUE says AT its place in the config. 0, -EINVAL or -ENOMEM. */
typedef int parse_value(struct slice value, void *at);

struct word {
	const char *name;
	int value;
};

static int word_find(struct slice value, const struct word *words, int *ret)
{
	for (; words->name; words++) {
		if (!slice_is(value, words->name))
			continue;
		*ret = words->value;
		return 0;
	}

	return -EINVAL;
}

static int parse_cpu(struct slice value, void *at)
{
	static const struct word words[] = {
		{ "quota", CPU_QUOTA },
		{ "host", CPU_HOST },
		{ NULL, 0 },
	};
	int found;
	int r = word_find(value, words, &found);

	if (r == 0)
		*(enum cpu_policy *)at = (enum cpu_policy)found;
	return r;
}

static int parse_uptime(struct slice value, void *at)
{
	static const struct word words[] = {
		{ "container", UPTIME_CONTAINER },
		{ "host", UPTIME_HOST },
		{ NULL, 0 },
	};
	int found;
	int r = word_find(value, words, &found);

	if (r == 0)
		*(enum uptime_policy *)at = (enum uptime_policy)found;
	return r;
}

static int parse_switch(struct slice value, void *at)
{
	static const struct word words[] = {
		{ "on", true },
		{ "off", false },
		{ NULL, 0 },
	};
	int found;
	int r = word_find(value, words, &found);

	if (r == 0)
		*(bool *)at = found;
	return r;
}

static int parse_threads(struct slice value, void *at)
{
	uint64_t n;

	if (slice_u64(value, &n) < 0 || n < 1 || n > CONFIG_THREADS)
		return -EINVAL;

	*(unsigned *)at = (unsigned)n;
	return 0;
}

static int parse_stage(struct slice value, void *at)
{
	static const struct word words[] = {
		{ "createRuntime", false },
		{ "prestart", true },
		{ NULL, 0 },
	};
	int found;
	int r = word_find(value, words, &found);

	if (r == 0)
		*(bool *)at = found;
	return r;
}

static int parse_text(struct slice value, void *at)
{
	char **text = at;
	char *copy;

	if (memchr(value.p, '\0', value.len))
		return -EINVAL;
	copy = strndup(value.p, value.len);
	if (!copy)
		return -ENOMEM;

	free(*text);
	*text = copy;
	return 0;
}

static int parse_path(struct slice value, void *at)
{
	if (value.len == 0 || *value.p != '/')
		return -EINVAL;

	return parse_text(value, at);
}

static const struct {
	const char *key;
	parse_value *parse;
	size_t offset;
} keys[] = {
	{ "cpu", parse_cpu, offsetof(struct config, cpu) },
	{ "uptime", parse_uptime, offsetof(struct config, uptime) },
	{ "loadavg", parse_switch, offsetof(struct config, loadavg) },
	{ "swap", parse_switch, offsetof(struct config, swap) },
	{ "sandbox", parse_switch, offsetof(struct config, sandbox) },
	{ "threads", parse_threads, offsetof(struct config, threads) },
	{ "mountpoint", parse_path, offsetof(struct config, mountpoint) },
	{ "runtime", parse_path, offsetof(struct config, runtime) },
	{ "hook", parse_text, offsetof(struct config, hook) },
	{ "stage", parse_stage, offsetof(struct config, prestart) },
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct slice trim(struct slice s)
{
	while (s.len && blank(*s.p)) {
		s.p++;
		s.len--;
	}
	while (s.len && blank(s.p[s.len - 1]))
		s.len--;

	return s;
}

static int parse_line(struct slice line, struct config *c)
{
	struct slice text = { line.p, 0 };
	struct slice key;

	(void)slice_until(&line, '#', &text);
	text = trim(text);
	if (text.len == 0)
		return 0;
	if (!memchr(text.p, '=', text.len) || !slice_until(&text, '=', &key))
		return -EINVAL;

	key = trim(key);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (slice_is(key, keys[i].key))
			return keys[i].parse(trim(text),
					     (char *)c + keys[i].offset);

	return -EINVAL;
}

int config_parse(const char *text, size_t len, struct config *c, unsigned *line)
{
	struct slice rest = { text, len };
	struct slice one;
	unsigned bad = 0;

	for (*line = 1; slice_line(&rest, &one); ++*line) {
		int r = parse_line(one, c);

		if (r == -ENOMEM)
			return r;
		if (r < 0 && bad == 0)
			bad = *line;
	}
	if (bad == 0)
		return 0;

	*line = bad;
	return -EINVAL;
}

int config_read(const char *path, struct config *c, unsigned *line)
{
	autostr struct str text = { 0 };
	int r = file_read(AT_FDCWD, path, CONFIG_MAX, &text);

	*line = 0;
	if (r < 0)
		return r;

	return config_parse(str_text(&text), text.len, c, line);
}

int config_load(const char *given, struct config *c, struct str *where)
{
	const char *path = given ? given : CONFIG_DEFAULT;
	unsigned line;
	int r = config_read(path, c, &line);

	if (r == -ENOENT && !given)
		return 0;
	if (r < 0 && line)
		str_addf(where, "%s, line %u", path, line);
	else if (r < 0)
		str_addf(where, "read %s", path);
	return r;
}

void config_free(struct config *c)
{
	free(c->mountpoint);
	free(c->runtime);
	free(c->hook);
	c->mountpoint = NULL;
	c->runtime = NULL;
	c->hook = NULL;
}
