/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of resview-hook. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "log.h"
#include "parse.h"
#include "str.h"

#define TIMEOUT_MAX 3600
#define WORDS_MAX   32

static const char help[] =
	"usage: resview-hook [OPTION...] < STATE\n"
	"       resview-hook --add-hooks [OPTION...] < SPEC > SPEC\n"
	"\n"
	"An OCI hook for createRuntime (or prestart) and poststop: mounts a\n"
	"container's own /proc and /sys files into it. Not run by hand.\n"
	"\n"
	"  --mode=besteffort   the container starts even without views "
	"(default)\n"
	"  --mode=required     it does not\n"
	"  --default=on|off    for containers without the annotation\n"
	"                      io.resview.enable (default: on)\n"
	"  --views=LIST        comma-separated: meminfo, proc/stat, pressure, "
	"cpu,\n"
	"                      ... (default: all, but for those that have to "
	"be\n"
	"                      asked for: see resviewd(8))\n"
	"  --timeout=SECONDS   give up after that long (default: 2)\n"
	"  --run-dir=DIR       of resviewd (default: /run/resview)\n"
	"  --mountpoint=DIR    of resviewd (default: fs in the run directory)\n"
	"  --lxc               for the hooks of LXC\n"
	"  --add-hooks[=prestart]\n"
	"                      print the spec on stdin with this hook added\n"
	"  --print-config=ENGINE\n"
	"                      print what to install for podman, crio, "
	"containerd,\n"
	"                      docker, cdi, lxc, runc or pouch\n"
	"  --help, --version\n";

static const char *const modes[] = { "besteffort", "required", NULL };
static const char *const defaults[] = { "off", "on", NULL };

void options_free(struct options *o)
{
	free(o->mountpoint);
	o->mountpoint = NULL;
}

static int bad_value(const char *option, const char *value)
{
	log_line(LOG_ERR, "--%s=%s: not understood; see --help", option, value);
	return -EINVAL;
}

static int one_of(const char *option, const char *value,
		  const char *const words[], bool *ret)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(value, words[i]) != 0)
			continue;
		*ret = i;
		return 0;
	}

	return bad_value(option, value);
}

static int timeout_parse(const char *value, unsigned *ret)
{
	uint64_t seconds;

	if (slice_u64(slice_of(value), &seconds) < 0 || seconds == 0 ||
	    seconds > TIMEOUT_MAX)
		return bad_value("timeout", value);

	*ret = (unsigned)seconds;
	return 0;
}

static int directory_parse(const char *option, const char *value,
			   const char **ret)
{
	if (*value != '/')
		return bad_value(option, value);

	*ret = value;
	return 0;
}

/* --add-hooks=prestart: for runtimes that do not know createRuntime. */
static int stage_parse(const char *value, struct options *o)
{
	static const char *const stages[] = { "createRuntime", "prestart",
					      NULL };

	o->add_hooks = true;
	return value ? one_of("add-hooks", value, stages, &o->prestart) : 0;
}

static int option_take(int c, const char *value, struct options *o,
		       const char **mountpoint)
{
	switch (c) {
	case 'm':
		return one_of("mode", value, modes, &o->required);
	case 'd':
		return one_of("default", value, defaults, &o->on);
	case 'v':
		o->views = value;
		return 0;
	case 't':
		return timeout_parse(value, &o->timeout);
	case 'r':
		return directory_parse("run-dir", value, &o->run_dir);
	case 'p':
		return directory_parse("mountpoint", value, mountpoint);
	case 'a':
		return stage_parse(value, o);
	case 'l':
		o->with_lxc = true;
		lxc_read(&o->lxc);
		return 0;
	case 'c':
		o->print = value;
		return 0;
	case 'h':
		return fputs(help, stdout) < 0 ? -EIO : 1;
	case 'V':
		return puts("resview-hook " RESVIEW_VERSION) < 0 ? -EIO : 1;
	default:
		return -EINVAL; /* getopt_long() has said what */
	}
}

/* In this order: what a hook is told, and then what only a person asks for. */
static const struct option options[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "default", required_argument, NULL, 'd' },
	{ "views", required_argument, NULL, 'v' },
	{ "timeout", required_argument, NULL, 't' },
	{ "run-dir", required_argument, NULL, 'r' },
	{ "mountpoint", required_argument, NULL, 'p' },
	{ "lxc", no_argument, NULL, 'l' },
	{ "add-hooks", optional_argument, NULL, 'a' },
	{ "print-config", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};
#define OF_HOOK 6

static int parse(int argc, char *argv[], const struct option *longs,
		 struct options *ret)
{
	struct options o = {
		.on = true,
		.timeout = OPTIONS_TIMEOUT,
		.run_dir = OPTIONS_RUN_DIR,
	};
	autostr struct str fs = { 0 };
	const char *mountpoint = NULL;
	int c;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		int r = option_take(c, optarg, &o, &mountpoint);

		if (r != 0)
			return r;
	}
	if (optind < argc) {
		log_line(LOG_ERR, "%s: no arguments are taken; see --help",
			 argv[optind]);
		return -EINVAL;
	}

	str_addf(&fs, "%s/fs", o.run_dir);
	if (fs.err)
		return fs.err;
	o.mountpoint = strdup(mountpoint ? mountpoint : str_text(&fs));
	if (!o.mountpoint)
		return -ENOMEM;

	*ret = o;
	return 0;
}

int options_parse(int argc, char *argv[], struct options *ret)
{
	return parse(argc, argv, options, ret);
}

int options_words(char *words, struct options *ret)
{
	static char name[] = "resview-hook";
	struct option longs[OF_HOOK + 1] = { 0 };
	char *argv[WORDS_MAX + 2] = { name };
	char *rest = words;
	int argc = 1;

	for (char *word; (word = strtok_r(rest, " \t", &rest)); argc++) {
		if (argc > WORDS_MAX)
			return bad_value("hook", word);
		argv[argc] = word;
	}

	memcpy(longs, options, OF_HOOK * sizeof(*longs));
	optind = 0; /* glibc: begin anew */
	return parse(argc, argv, longs, ret);
}
