/* SPDX-License-Identifier: Apache-2.0 */
/* resviewd's command line. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "config.h"
#include "log.h"
#include "parse.h"

#define RUN_DIR "/run/resview"

/* Whoever calls us by this name counts on what else it did. */
#define LXCFS         "lxcfs"
#define LXCFS_RUN_DIR "/run"
#define LXCFS_PIDFILE "lxcfs.pid"

static const char help[] =
	"usage: resviewd [OPTION]... [MOUNTPOINT]\n"
	"\n"
	"Serve every container its own view of /proc and /sys.\n"
	"\n"
	"  -f, --foreground     do not detach\n"
	"      --config FILE    configuration (" CONFIG_DEFAULT ")\n"
	"      --run-dir DIR    records and default mount point (" RUN_DIR ")\n"
	"  -p, --pidfile FILE   write our pid there, and lock it\n"
	"  -u, --disable-swap   show no swap\n"
	"  -d, --debug          say more\n"
	"  -v, --version        print the version\n"
	"  -h, --help           print this\n"
	"\n"
	"MOUNTPOINT is RUN-DIR/fs by default. Detached, the log is\n"
	"RUN-DIR/resviewd.log. The main process of a systemd unit or of a\n"
	"container does not detach.\n"
	"\n"
	"LXCFS's options are taken too. --runtime-dir is --run-dir; -l, -s,\n"
	"-o OPTIONS, --enable-cfs, --enable-pidfd, --enable-psi-poll,\n"
	"--enable-loadavg, --enable-cgroup and --disable-zswap change "
	"nothing:\n"
	"what they ask for is always so, or has no meaning here. Called by "
	"the\n"
	"name " LXCFS
	", it does not detach, and has a pid file without -p: " LXCFS_PIDFILE
	"\n"
	"in --runtime-dir, or else in " LXCFS_RUN_DIR ".\n";

/* Options that have no letter. */
enum {
	OPT_CONFIG = 256,
	OPT_RUN_DIR,
	OPT_NOTHING,
};

static const struct option table[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "debug", no_argument, NULL, 'd' },
	{ "disable-swap", no_argument, NULL, 'u' },
	{ "disable-zswap", no_argument, NULL, OPT_NOTHING },
	{ "enable-cfs", no_argument, NULL, OPT_NOTHING },
	{ "enable-cgroup", no_argument, NULL, OPT_NOTHING },
	{ "enable-loadavg", no_argument, NULL, OPT_NOTHING },
	{ "enable-pidfd", no_argument, NULL, OPT_NOTHING },
	{ "enable-psi-poll", no_argument, NULL, OPT_NOTHING },
	{ "foreground", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "pidfile", required_argument, NULL, 'p' },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "runtime-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "version", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

/* Mount options that LXCFS's users write, and that are so here anyway. */
static bool known_mount_option(struct slice word)
{
	static const char *const names[] = {
		"allow_other", "attr_timeout",  "default_permissions",
		"direct_io",   "entry_timeout", "nonempty",
		"nodev",       "noexec",        "nosuid",
	};
	struct slice name;

	if (!slice_until(&word, '=', &name))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (slice_is(name, names[i]))
			return true;

	return false;
}

static void warn_mount_options(const char *list)
{
	struct slice rest = slice_of(list);
	struct slice word;

	while (slice_until(&rest, ',', &word))
		if (!known_mount_option(word))
			log_line(LOG_WARNING,
				 "mount option %.*s is not known, ignoring",
				 (int)word.len, word.p);
}

/* Returns as options_parse(). */
static int take(int c, struct options *o)
{
	switch (c) {
	case OPT_CONFIG:
		o->config = optarg;
		break;
	case OPT_RUN_DIR:
		o->run_dir = optarg;
		break;
	case 'p':
		o->pidfile = optarg;
		break;
	case 'd':
		o->debug = true;
		break;
	case 'f':
		o->foreground = true;
		break;
	case 'u':
		o->no_swap = true;
		break;
	case 'o':
		warn_mount_options(optarg);
		break;
	case 'l':
	case 's':
	case OPT_NOTHING:
		break;
	case 'h':
		(void)fputs(help, stdout);
		return 0;
	case 'v':
		(void)puts("resviewd " RESVIEW_VERSION);
		return 0;
	default:
		return 2; /* getopt_long() has said it */
	}

	return -1;
}

/* PouchContainer's packages call theirs pouch-lxcfs. */
static bool called_lxcfs(const char *name)
{
	size_t len = strlen(name);
	size_t own = strlen(LXCFS);

	return len >= own && strcmp(name + len - own, LXCFS) == 0 &&
	       (len == own || strchr("/-", name[len - own - 1]));
}

/* It never detached, and always had a pid file, which scripts read. A directory
 * whose name does not fit is refused before that file is made. */
static void be_lxcfs(struct options *o)
{
	o->foreground = true;
	if (o->pidfile)
		return;

	(void)snprintf(o->lxcfs_pidfile, sizeof(o->lxcfs_pidfile),
		       "%s/" LXCFS_PIDFILE,
		       o->run_dir ? o->run_dir : LXCFS_RUN_DIR);
	o->pidfile = o->lxcfs_pidfile;
}

int options_parse(int argc, char *argv[], struct options *ret)
{
	struct options o = { 0 };
	int c;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((c = getopt_long(argc, argv, "dfhlo:p:suv", table, NULL)) >= 0) {
		int code = take(c, &o);

		if (code >= 0)
			return code;
	}
	if (argc - optind > 1) {
		log_line(LOG_ERR, "one mount point at most, not \"%s\" too",
			 argv[optind + 1]);
		return 2;
	}

	o.mountpoint = argv[optind];
	*ret = o;
	if (argc > 0 && called_lxcfs(argv[0]))
		be_lxcfs(ret);
	if (!ret->run_dir)
		ret->run_dir = RUN_DIR;
	return -1;
}
