/* SPDX-License-Identifier: Apache-2.0 */
/* resviewd's command line, LXCFS's included. */
#pragma once

#include <limits.h>
#include <stdbool.h>

struct options {
	const char *config; /* NULL: the default file, which may be missing */
	const char *run_dir;
	const char *mountpoint; /* NULL: as the configuration says */
	const char *pidfile;    /* NULL: none */
	/* What PIDFILE is by default for who is called lxcfs. */
	char lxcfs_pidfile[PATH_MAX + 16];
	bool foreground;
	bool no_swap;
	bool debug;
};

/* Returns -1 to go on with *RET, or the exit code: 0 after --help, 2 after one
 * line on stderr. */
int options_parse(int argc, char *argv[], struct options *ret);
