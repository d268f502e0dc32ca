/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of resview-remount. */
#include "cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "parse.h"
#include "registry.h"

#define RUN_DIR     "/run/resview"
#define TIMEOUT     5
#define TIMEOUT_MAX 3600

static const char help[] =
	"usage: resview-remount [OPTION]... [ID]...\n"
	"\n"
	"Give all containers, or those named, one live mount of each of their\n"
	"/proc and /sys files: in place of what a dead resviewd has left, and\n"
	"where one is missing.\n"
	"\n"
	"  --list           show the containers and their mounts instead\n"
	"  --check          say by the exit code whether there is a need to\n"
	"  --detach         take our files out of the containers\n"
	"  --adopt-lxcfs    put ours in place of LXCFS's as well\n"
	"\n"
	"  --dry-run        print what would be done\n"
	"  --json           print JSON\n"
	"  --timeout=S      seconds for each mount namespace (default: 5)\n"
	"  --run-dir=DIR    of resviewd (default: " RUN_DIR ")\n"
	"  --help, --version\n"
	"\n"
	"An ID may be shortened as long as it is the only one that begins so.\n"
	"Exit codes: 0, all is as it should be; 1, it is not; 2, wrong usage.\n"
	"See resview-remount(8).\n";

enum {
	OPT_DRY_RUN = 256,
	OPT_JSON,
	OPT_TIMEOUT,
	OPT_RUN_DIR,
	OPT_HELP,
	OPT_VERSION,
	OPT_MODE, /* + enum mode */
};

static const struct option table[] = {
	{ "adopt-lxcfs", no_argument, NULL, OPT_MODE + MODE_ADOPT },
	{ "check", no_argument, NULL, OPT_MODE + MODE_CHECK },
	{ "detach", no_argument, NULL, OPT_MODE + MODE_DETACH },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "list", no_argument, NULL, OPT_MODE + MODE_LIST },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* What goes with which mode. */
static const struct {
	const char *option;
	bool dry_run;
	bool json;
} modes[] = {
	[MODE_REPAIR] = { "", true, true },
	[MODE_LIST] = { "--list", false, true },
	[MODE_CHECK] = { "--check", false, false },
	[MODE_DETACH] = { "--detach", true, true },
	[MODE_ADOPT] = { "--adopt-lxcfs", true, true },
};

static int bad_value(const char *option, const char *value)
{
	log_line(LOG_ERR, "%s=%s: not understood; see --help", option, value);
	return 2;
}

static int bad_pair(const char *one, const char *other)
{
	log_line(LOG_ERR, "%s and %s do not go together; see --help", one,
		 other);
	return 2;
}

static int mode_take(enum mode mode, struct cli *o)
{
	if (o->mode != MODE_REPAIR && o->mode != mode)
		return bad_pair(modes[o->mode].option, modes[mode].option);

	o->mode = mode;
	return -1;
}

static int timeout_take(const char *value, struct cli *o)
{
	uint64_t seconds;

	if (slice_u64(slice_of(value), &seconds) < 0 || seconds == 0 ||
	    seconds > TIMEOUT_MAX)
		return bad_value("--timeout", value);

	o->timeout = (unsigned)seconds;
	return -1;
}

static int run_dir_take(const char *value, struct cli *o)
{
	if (*value != '/')
		return bad_value("--run-dir", value);

	o->run_dir = value;
	return -1;
}

/* To stdout, and that is all. */
static int say(const char *text)
{
	return fputs(text, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Returns as cli_parse(). */
static int take(int c, const char *value, struct cli *o)
{
	switch (c) {
	case OPT_DRY_RUN:
		o->dry_run = true;
		return -1;
	case OPT_JSON:
		o->json = true;
		return -1;
	case OPT_TIMEOUT:
		return timeout_take(value, o);
	case OPT_RUN_DIR:
		return run_dir_take(value, o);
	case OPT_HELP:
		return say(help);
	case OPT_VERSION:
		return say("resview-remount " RESVIEW_VERSION "\n");
	default:
		if (c < OPT_MODE)
			return 2; /* getopt_long() has said it */
		return mode_take((enum mode)(c - OPT_MODE), o);
	}
}

/* An ID that is empty would be the beginning of all. */
static int check(const struct cli *o)
{
	if (o->dry_run && !modes[o->mode].dry_run)
		return bad_pair("--dry-run", modes[o->mode].option);
	if (o->json && !modes[o->mode].json)
		return bad_pair("--json", modes[o->mode].option);

	for (size_t i = 0; i < o->count; i++) {
		if (id_valid(o->ids[i]))
			continue;
		log_line(LOG_ERR, "\"%s\" is no container's id; see --help",
			 o->ids[i]);
		return 2;
	}

	return -1;
}

int cli_parse(int argc, char *argv[], struct cli *ret)
{
	struct cli o = { .timeout = TIMEOUT, .run_dir = RUN_DIR };
	int code;
	int c;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		code = take(c, optarg, &o);
		if (code >= 0)
			return code;
	}

	o.ids = argv + optind;
	o.count = (size_t)(argc - optind);
	code = check(&o);
	if (code >= 0)
		return code;

	*ret = o;
	return -1;
}
