/* SPDX-License-Identifier: Apache-2.0 */
/* What a runtime is told to run: where from, and with which words. */
#include "entry.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base.h"
#include "json.h"
#include "options.h"
#include "utf8.h"

/* A runtime that gives up before we do would take our line about it away. */
#define TIMEOUT_LEAST 10
#define TIMEOUT_MORE  5

void entry_free(struct entry *e)
{
	str_free(&e->path);
	str_free(&e->words);
}

/* Our directory is the operator's; both programs are installed in it. */
static int path_get(struct str *ret)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash;

	if (n < 0)
		return -errno;
	slash = memrchr(self, '/', (size_t)n);
	if ((size_t)n == sizeof(self) || !slash)
		return -ENAMETOOLONG;

	str_add(ret, self, (size_t)(slash - self));
	str_adds(ret, "/resview-hook");
	return ret->err;
}

static void word_add(struct str *words, const char *name, const char *value)
{
	if (!value)
		return;

	str_addf(words, "--%s=%s", name, value);
	str_add(words, "", 1);
}

static void words_get(const struct options *o, struct str *ret)
{
	autostr struct str fs = { 0 };
	autostr struct str timeout = { 0 };

	str_addf(&fs, "%s/fs", o->run_dir);
	str_addu(&timeout, o->timeout);
	if (fs.err || timeout.err) {
		ret->err = -ENOMEM;
		return;
	}

	word_add(ret, "mode", o->required ? "required" : NULL);
	word_add(ret, "default", o->on ? NULL : "off");
	word_add(ret, "views", o->views);
	word_add(ret, "timeout",
		 o->timeout == OPTIONS_TIMEOUT ? NULL : str_text(&timeout));
	word_add(ret, "run-dir",
		 strcmp(o->run_dir, OPTIONS_RUN_DIR) == 0 ? NULL : o->run_dir);
	word_add(ret, "mountpoint",
		 strcmp(o->mountpoint, str_text(&fs)) == 0 ? NULL
							   : o->mountpoint);
}

/* JSON can be of nothing else, but paths can. */
static bool all_text(const struct entry *e)
{
	const char *words = str_text(&e->words);

	for (size_t i = 0; i < e->words.len; i += strlen(words + i) + 1)
		if (!utf8_valid(words + i))
			return false;

	return utf8_valid(str_text(&e->path));
}

int entry_make(const struct options *o, struct entry *ret)
{
	autoentry struct entry e = { .timeout = o->timeout + TIMEOUT_MORE };
	int r = path_get(&e.path);

	if (r < 0)
		return r;
	words_get(o, &e.words);
	if (e.words.err)
		return e.words.err;
	if (!all_text(&e))
		return -EINVAL;
	if (e.timeout < TIMEOUT_LEAST)
		e.timeout = TIMEOUT_LEAST;

	*ret = e;
	e.path.text = NULL;
	e.words.text = NULL;
	return 0;
}

/* With an environment of its own: without one it would have the runtime's,
 * whatever that is. */
void entry_put(const struct entry *e, struct str *out)
{
	const char *words = str_text(&e->words);

	json_put_begin(out, NULL, '{');
	json_put_string(out, "path", str_text(&e->path));
	json_put_begin(out, "args", '[');
	json_put_string(out, NULL, "resview-hook");
	for (size_t i = 0; i < e->words.len; i += strlen(words + i) + 1)
		json_put_string(out, NULL, words + i);
	json_put_end(out, ']');
	json_put_begin(out, "env", '[');
	json_put_string(out, NULL, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	json_put_end(out, ']');
	json_put_u64(out, "timeout", e->timeout);
	json_put_end(out, '}');
}
