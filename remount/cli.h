/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of resview-remount. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum mode {
	MODE_REPAIR,
	MODE_LIST,
	MODE_CHECK,
	MODE_DETACH,
	MODE_ADOPT, /* and repair */
};

struct cli {
	enum mode mode;
	bool dry_run;
	bool json;
	unsigned timeout; /* seconds for one mount namespace; 5 */
	const char *run_dir;
	char **ids;   /* of containers; as given */
	size_t count; /* 0: all */
};

/* Returns -1 to go on, or the exit code. */
int cli_parse(int argc, char *argv[], struct cli *ret);
