/* SPDX-License-Identifier: Apache-2.0 */
/* What crew.c and crew_reap.c share. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "crew.h"

/* One of those who work at once, on one chain: jobs that follow each other with
 * the same key. */
struct worker {
	pid_t pid;             /* 0: idle */
	struct crew_job *next; /* of the chain; the one before is at work */
	struct crew_job *end;
	uint64_t deadline; /* CLOCK_MONOTONIC */
	bool killed;
};

struct run {
	const struct crew *crew;
	struct crew_job *next; /* not given to a worker yet */
	struct crew_job *end;
	size_t all;
	size_t done;
	size_t busy; /* children at work */
	bool started;
	int err; /* why one could not be started */
	pid_t self;
	uint64_t watched;
	pid_t left[CREW_LEFT + CREW_MAX]; /* children that did not die of
					   * SIGKILL in time */
	size_t nleft;
	struct worker workers[CREW_MAX];
};

/* Take the results of children that have ended. */
void reap_all(struct run *run);

/* Kill what is late, and let go of what does not die. */
void reap_late(struct run *run, uint64_t now);
