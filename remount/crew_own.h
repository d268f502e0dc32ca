/* SPDX-License-Identifier: Apache-2.0 */
/* What crew.c, crew_child.c and crew_reap.c share. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "crew.h"

#define NSEC_PER_MSEC 1000000ULL

#define PENDING 1 /* no result yet */

/* What a child says of itself. Who dies has said where. */
struct desk {
	_Atomic size_t at;      /* index of the job that it is at */
	_Atomic size_t end;     /* of its chain */
	_Atomic uint64_t since; /* CLOCK_MONOTONIC */
};

/* In memory that parent and children share. A chain is jobs that follow each
 * other with the same key. */
struct board {
	_Atomic size_t chain; /* the next that nobody has taken */
	_Atomic size_t done;
	struct desk desks[CREW_MAX];
	_Atomic int results[]; /* of the jobs */
};

/* Whose desk of the same index is, as the parent knows him. */
struct worker {
	pid_t pid;         /* 0: idle */
	size_t next;       /* of the chain that is to be gone on with */
	size_t end;        /* next == end: none */
	uint64_t deadline; /* CLOCK_MONOTONIC */
	bool killed;
};

struct run {
	const struct crew *crew;
	const struct crew_job *jobs;
	size_t all;
	size_t *chains; /* where each begins; and where the last one ends */
	size_t nchains;
	struct board *board;
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

/* The first and last + 1 job of a chain that nobody has taken. */
bool take_chain(struct run *run, size_t *next, size_t *end);

/* Is it too late to begin anything? */
bool is_over(const struct run *run);

/* The result of job I. */
void put_result(struct run *run, size_t i, int result);

/* In the child at desk I: do jobs from there on, as long as all goes well. */
_Noreturn void child_work(struct run *run, size_t i);

/* Take note of children that have ended. */
void reap_all(struct run *run);

/* Kill what is late, and let go of what does not die. */
void reap_late(struct run *run, uint64_t now);
