/* SPDX-License-Identifier: Apache-2.0 */
/* resview-worker's command line, written by its supervisor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct arguments {
	uint32_t generation;
	const char *run_dir;
	const char *config; /* NULL: the default, which need not be there */
	bool configure;     /* read it; else what was read before holds */
	bool no_swap;
	bool debug;
	int nice; /* to serve with; until then what it was started with */
};

/* An unknown option is no reason not to serve: the supervisor may be of a later
 * version, whose own worker cannot go on with our memory. So its options are
 * "--name=value", and none of the above may ever mean something else. Returns
 * -1 to go on, or the exit code. */
int arguments_parse(int argc, char *argv[], struct arguments *ret);
