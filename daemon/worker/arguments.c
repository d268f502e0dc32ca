/* SPDX-License-Identifier: Apache-2.0 */
/* resview-worker's command line, written by its supervisor. */
#include "arguments.h"

#include <getopt.h>
#include <stdio.h>

#include "base.h"
#include "log.h"
#include "parse.h"

static const char help[] =
	"usage: resview-worker --generation N --run-dir DIR [OPTION]...\n"
	"\n"
	"The part of resviewd that serves. It is started by resviewd(8) with "
	"the\n"
	"connection and the shared memory, and not by hand.\n"
	"\n"
	"      --generation N   which of resviewd's workers this is\n"
	"      --run-dir DIR    where the records are\n"
	"      --config FILE    configuration\n"
	"      --configure      read it, and do not serve if it is bad\n"
	"      --nice N         serve with this priority, 0 by default\n"
	"      --disable-swap   show no swap\n"
	"      --debug          say more\n"
	"      --version        print the version\n"
	"      --help           print this\n";

enum {
	OPT_GENERATION = 256,
	OPT_RUN_DIR,
	OPT_CONFIG,
	OPT_CONFIGURE,
	OPT_NICE,
	OPT_NO_SWAP,
	OPT_DEBUG,
	OPT_VERSION,
	OPT_HELP,
};

static const struct option table[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "configure", no_argument, NULL, OPT_CONFIGURE },
	{ "debug", no_argument, NULL, OPT_DEBUG },
	{ "disable-swap", no_argument, NULL, OPT_NO_SWAP },
	{ "generation", required_argument, NULL, OPT_GENERATION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "nice", required_argument, NULL, OPT_NICE },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static int take_generation(const char *text, struct arguments *o)
{
	uint64_t n;

	if (slice_u64(slice_of(text), &n) < 0 || n == 0 || n > UINT32_MAX) {
		log_line(LOG_ERR, "%s is no generation", text);
		return 2;
	}

	o->generation = (uint32_t)n;
	return -1;
}

static int take_nice(const char *text, struct arguments *o)
{
	bool minus = *text == '-';
	uint64_t n;

	if (slice_u64(slice_of(text + minus), &n) < 0 || n > 20) {
		log_line(LOG_ERR, "%s is no priority", text);
		return 2;
	}

	o->nice = minus ? -(int)n : (int)n;
	return -1;
}

/* Returns as arguments_parse(). */
static int take(int c, struct arguments *o)
{
	switch (c) {
	case OPT_GENERATION:
		return take_generation(optarg, o);
	case OPT_RUN_DIR:
		o->run_dir = optarg;
		return -1;
	case OPT_CONFIG:
		o->config = optarg;
		return -1;
	case OPT_NICE:
		return take_nice(optarg, o);
	case OPT_CONFIGURE:
		o->configure = true;
		return -1;
	case OPT_NO_SWAP:
		o->no_swap = true;
		return -1;
	case OPT_DEBUG:
		o->debug = true;
		return -1;
	case OPT_VERSION:
		(void)puts("resview-worker " RESVIEW_VERSION);
		return 0;
	case OPT_HELP:
		(void)fputs(help, stdout);
		return 0;
	default:
		return -1; /* getopt_long() has said it */
	}
}

int arguments_parse(int argc, char *argv[], struct arguments *ret)
{
	struct arguments o = { 0 };
	int c;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((c = getopt_long(argc, argv, "", table, NULL)) >= 0) {
		int code = take(c, &o);

		if (code >= 0)
			return code;
	}
	if (optind < argc || !o.generation || !o.run_dir) {
		log_line(LOG_ERR, "this is started by resviewd, not by hand");
		return 2;
	}

	*ret = o;
	return -1;
}
