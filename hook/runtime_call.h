/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine asks of a runtime, as far as we have to know. */
#pragma once

#include <stdbool.h>

struct call {
	const char *config; /* of --resview-config, NULL: the default */
	const char *verb;   /* NULL: none */
	const char *id;     /* what may be the container's, NULL: none */
	bool adds;          /* a verb that makes a container of a bundle */
	const char *bundle; /* "." unless it is given */
	const char *spec;   /* the name of config.json in it */
	const char *log;    /* NULL: stderr */
	const char *format; /* of that, "" unless it is given */
};

/* Read the command line of runc or crun. What is not understood, the runtime
 * will refuse: then nothing is added. All point into ARGV. */
void call_read(int argc, char *argv[], struct call *ret);
