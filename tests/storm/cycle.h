/* SPDX-License-Identifier: Apache-2.0 */
/* One process that reads and checks until the end. */
#pragma once

#include <stdint.h>

#include "check.h"
#include "tally.h"
#include "text.h"

struct cycle {
	int root; /* fd of the directory in which the views are */
	unsigned n;
	const struct view *view[VIEWS]; /* those that are there */
	struct known *known;            /* n of them */
	struct tally *tally;
	uint64_t end;   /* ns, CLOCK_MONOTONIC */
	unsigned pause; /* us after each cycle */
	int kept[VIEWS];
	int schedstat; /* fd of our own; -1: there is none */
	struct reading reading;
	struct text text;
};

/* Read FD from its offset to its end into C->text, SIZE bytes at once. Returns
 * 0 or -errno. */
int cycle_slurp(struct cycle *c, int fd, size_t size);

void cycle_run(struct cycle *c);
