/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of resview-hook. */
#pragma once

#include <stdbool.h>

#include "lxc.h"

/* What holds when nothing is said. */
#define OPTIONS_RUN_DIR "/run/resview"
#define OPTIONS_TIMEOUT 2

struct options {
	bool add_hooks;   /* to the spec on stdin, and that is all */
	bool prestart;    /* not createRuntime */
	bool required;    /* no views, no container */
	bool on;          /* for containers that do not say */
	unsigned timeout; /* seconds */
	bool with_lxc;    /* it is LXC that runs us */
	struct lxc lxc;
	const char *views;
	const char *run_dir;
	char *mountpoint;  /* owned */
	const char *print; /* an engine's configuration, and nothing else */
};

void options_free(struct options *o);

/* What WORDS, separated by blanks, say of the hook's work: 0, -EINVAL after a
 * line about what is wrong, or -ENOMEM. The options point into WORDS, which is
 * changed. */
int options_words(char *words, struct options *ret);

/* Returns 0 to go on, 1 when all is said (--help), -EINVAL after a line about
 * what is wrong, or -ENOMEM. */
int options_parse(int argc, char *argv[], struct options *ret);
