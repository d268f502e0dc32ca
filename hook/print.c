/* SPDX-License-Identifier: Apache-2.0 */
/* What to install so that an engine runs the hook. */
#include "print.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "attach.h"
#include "base.h"
#include "entry.h"
#include "log.h"
#include "options.h"
#include "parse.h"
#include "plan.h"
#include "str.h"

/* Files of packaging/engines: for all containers, and for those that ask,
 * where it is the engine that looks for the annotation. */
static const struct engine {
	const char *name;
	const char *on;
	const char *off;
} engines[] = {
	{ "podman", "podman.json", "podman-asked.json" },
	{ "crio", "podman.json", "podman-asked.json" },
	{ "containerd", "containerd.toml", NULL },
	{ "docker", "docker.json", NULL },
	{ "cdi", "cdi.json", NULL },
	{ "lxc", "lxc.conf", NULL },
	{ "runc", "runc.json", NULL },
	{ "pouch", "pouch.json", NULL },
};

/* What stands for @NAME@ in them. */
struct mark {
	const char *name;
	const char *value;
};

static const char *text_of(const char *file)
{
	const struct print_text *t = print_texts;

	while (t->name && strcmp(t->name, file) != 0)
		t++;

	return t->text;
}

static const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		if (strcmp(engines[i].name, name) == 0)
			return &engines[i];

	return NULL;
}

/* JSON, TOML and a shell's words all mean something else by a quote or a blank.
 * Nothing that has one is written, and so there is nothing to be quoted. */
static int refuse_special(const char *word)
{
	for (const char *c = word; *c; c++) {
		if (isalnum((unsigned char)*c) || strchr("-_./,=+:@%", *c))
			continue;
		log_line(LOG_ERR,
			 "--print-config: '%c' in %s cannot be written",
			 isprint((unsigned char)*c) ? *c : '?', word);
		return -EINVAL;
	}

	return 0;
}

/* Of a list with a mistake each container would say so, or not start. */
static int refuse_views(const struct options *o)
{
	autoclose int sys = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autofree struct attach_view *views = NULL;
	autostr struct str wrong = { 0 };
	size_t count;
	int r = sys < 0 ? -errno
			: plan_views(o->views, sys, &views, &count, &wrong);

	if (r == -EINVAL)
		log_line(LOG_ERR, "--views=%s: there is no view \"%s\"",
			 o->views, str_text(&wrong));
	else if (r < 0)
		log_error(r, NULL, "--views");

	return r;
}

static const char *value_of(const struct mark *marks, struct slice name)
{
	for (; marks->name; marks++)
		if (slice_is(name, marks->name))
			return marks->value;

	return NULL;
}

/* Marks do not stand side by side, and nothing else has an '@'. */
static void fill_in(const char *text, const struct mark *marks, struct str *out)
{
	struct slice rest = slice_of(text);
	struct slice part;

	while (slice_until(&rest, '@', &part)) {
		const char *value = value_of(marks, part);

		if (value)
			str_adds(out, value);
		else
			str_add(out, part.p, part.len);
	}
}

/* Each option in two ways: `, "--mode=required"` and ` --mode=required`. */
static int words_put(const struct entry *e, struct str *args,
		     struct str *options)
{
	const char *words = str_text(&e->words);

	for (size_t i = 0; i < e->words.len; i += strlen(words + i) + 1) {
		int r = refuse_special(words + i);

		if (r < 0)
			return r;
		str_addf(args, ", \"%s\"", words + i);
		str_addf(options, " %s", words + i);
	}

	return args->err ? args->err : options->err;
}

static int print_entry(const struct options *o, const struct entry *e,
		       const char *text, struct str *out)
{
	autostr struct str dir = { 0 };
	autostr struct str args = { 0 };
	autostr struct str options = { 0 };
	autostr struct str seconds = { 0 };
	const char *path = str_text(&e->path);
	int r = refuse_special(path);

	if (r == 0)
		r = words_put(e, &args, &options);
	if (r < 0)
		return r;

	str_add(&dir, path, (size_t)(strrchr(path, '/') - path));
	str_addu(&seconds, e->timeout);
	if (dir.err || seconds.err)
		return -ENOMEM;

	const struct mark marks[] = {
		{ "DIR", dir.text },
		{ "ARGS", str_text(&args) },
		{ "OPTIONS", str_text(&options) },
		{ "SECONDS", seconds.text },
		{ "FS", o->mountpoint },
		{ NULL, NULL },
	};

	fill_in(text, marks, out);
	if (options.len && !strstr(text, "@ARGS@") &&
	    !strstr(text, "@OPTIONS@"))
		log_line(LOG_NOTICE,
			 "add to /etc/resview/resview.conf: hook =%s",
			 options.text);
	return out->err;
}

/* An engine that looks for the annotation itself runs the hook for nobody else.
 * So the hook need not look again, and could not everywhere: containerd does
 * not pass a pod's annotations on when its plugin has looked at them. */
int print_config(const struct options *o, struct str *out)
{
	const struct engine *engine = engine_find(o->print);
	struct options told = *o;
	autoentry struct entry e = { 0 };
	bool asked;
	int r;

	if (!engine) {
		log_line(LOG_ERR,
			 "--print-config=%s: not understood; see "
			 "--help",
			 o->print);
		return -EINVAL;
	}

	r = refuse_views(o);
	if (r < 0)
		return r;

	asked = engine->off && !o->on;
	told.on = o->on || asked;
	r = entry_make(&told, &e);
	if (r < 0) {
		log_error(r, NULL, "--print-config");
		return r;
	}

	return print_entry(o, &e, text_of(asked ? engine->off : engine->on),
			   out);
}
