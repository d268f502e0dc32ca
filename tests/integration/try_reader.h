/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who reads a file in a tight loop, and remembers whatever is not as
 * it must be. */
#pragma once

#include <sys/types.h>

struct seen {
	unsigned long reads;
	unsigned long wrong;
	char first[64]; /* what was wrong first: an error, or the text */
};

struct reader {
	pid_t pid;
	struct seen *seen;
};

/* Read PATH until reader_stop(): it must begin with WANT each time. Returns 0
 * or -errno. */
int reader_start(struct reader *r, const char *path, const char *want);

/* Returns 0 when all was well for long enough, else says what was not. */
int reader_stop(struct reader *r);
