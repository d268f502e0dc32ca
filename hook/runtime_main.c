/* SPDX-License-Identifier: Apache-2.0 */
/* resview-runtime: our hooks into the bundle, and on as the real runtime. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base.h"
#include "config.h"
#include "entry.h"
#include "log.h"
#include "options.h"
#include "runtime_bundle.h"
#include "runtime_call.h"
#include "runtime_find.h"
#include "runtime_say.h"
#include "splice.h"

#define DIRS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* In the environment of a runtime that is a script: should it lead back here,
 * that would be for ever. */
#define MARK "RESVIEW_RUNTIME_CALLS"

static const char help[] =
	"usage: resview-runtime [--resview-config=FILE] RUNTIME-ARGUMENT...\n"
	"\n"
	"An OCI runtime for engines that have no hook directories (Docker,\n"
	"PouchContainer): adds resview-hook to the config.json of a container "
	"that\n"
	"is created, run or restored, and then becomes the real runtime, with "
	"the\n"
	"same arguments. Not run by hand.\n"
	"\n"
	"  --resview-config=FILE  only as the first argument (default:\n"
	"                         /etc/resview/resview.conf, if it is there)\n"
	"  --help                 only as the only argument\n"
	"\n"
	"In that file:\n"
	"\n"
	"  runtime = PATH    the real one (default: the first of runc and "
	"crun)\n"
	"  hook = OPTION...  of resview-hook, such as --default=off\n"
	"  stage = prestart  for a runtime that does not know createRuntime\n";

static void complain(const struct call *c, int priority, const char *what,
		     int r, const char *then)
{
	autostr struct str line = { 0 };

	if (c->id)
		str_addf(&line, "container %s: ", c->id);
	str_addf(&line, "%s: %s%s", what, strerrordesc_np(-r), then);
	say(c, priority, line.err ? what : line.text);
}

/* A bad line does not keep us from what the good ones say. */
static void settings_read(const struct call *c, struct config *config)
{
	autostr struct str where = { 0 };
	int r = config_load(c->config, config, &where);

	if (r < 0 && c->adds)
		complain(c, LOG_WARNING, str_text(&where), r, ", ignoring");
}

/* In *REQUIRED whether the container must not start without us. */
static int hooks_add(const struct call *c, const struct config *config,
		     bool *required)
{
	static char nothing[] = "";
	char *words = config->hook ? config->hook : nothing;
	autoentry struct entry e = { 0 };
	struct options o = { 0 };
	int r;

	*required = strstr(words, "required") != NULL;
	r = options_words(words, &o);
	if (r < 0)
		return r;

	*required = o.required;
	r = entry_make(&o, &e);
	options_free(&o);
	return r < 0 ? r
		     : bundle_add(c, &e,
				  config->prestart ? SPLICE_PRESTART : 0);
}

/* Returns -errno when the runtime is not to be called. */
static int prepare(const struct call *c, const struct config *config)
{
	autostr struct str what = { 0 };
	bool required;
	int r = hooks_add(c, config, &required);

	if (r == 0)
		return 0;

	str_addf(&what, "add hooks to %s/%s", c->bundle, c->spec);
	complain(c, required ? LOG_ERR : LOG_WARNING, str_text(&what), r,
		 required ? "; the container does not start"
			  : "; the container starts with the host's files");
	return required ? r : 0;
}

static int become(const struct call *c, const struct real *real, char *argv[])
{
	char **rest = argv + (c->config ? 1 : 0);

	/* NOLINTBEGIN(concurrency-mt-unsafe): no threads */
	if (real->script && getenv(MARK))
		return -ELOOP;
	if (real->script && setenv(MARK, "1", 1) < 0)
		return -errno;
	/* NOLINTEND(concurrency-mt-unsafe) */

	rest[0] = real->path.text;
	(void)execv(real->path.text, rest);
	return -errno;
}

int main(int argc, char *argv[])
{
	autoconfig struct config config = CONFIG_INIT;
	autoreal struct real real = { 0 };
	autostr struct str what = { 0 };
	struct call c;
	int r;

	if (argc < 1)
		return EXIT_FAILURE;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(help, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;

	log_open("resview-runtime", LOG_INFO, false);
	call_read(argc, argv, &c);
	settings_read(&c, &config);
	r = real_find(config.runtime, DIRS, "/proc/self/exe", &real);
	if (r == 0 && c.adds && prepare(&c, &config) < 0)
		return EXIT_FAILURE;
	if (r == 0)
		r = become(&c, &real, argv);

	str_addf(&what, "run the runtime %s", str_text(&real.path));
	complain(&c, LOG_ERR, str_text(&what), r,
		 r == -ELOOP ? ": it leads back to resview-runtime" : "");
	return EXIT_FAILURE;
}
