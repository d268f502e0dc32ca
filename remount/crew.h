/* SPDX-License-Identifier: Apache-2.0 */
/* Work that may hang, done by children with a deadline each, many at once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define CREW_MAX  32   /* at once */
#define CREW_LEFT 1024 /* left behind, before nothing more is begun */

/* In the child, which has no standard files. What it returns is 0 or -errno. */
typedef int crew_work(void *arg);

struct crew_job {
	void *arg;
	const char *key; /* jobs with the same key, which follow each other in
			  * the list, are done one after the other; until one
			  * of them is late, or -EBUSY, which it may be since
			  * one was late before */
	int result;      /* of the work; -ETIMEDOUT, -ECHILD when it was killed,
			  * -ECANCELED when it was not begun */
};

typedef void crew_watch(size_t done, size_t all, void *arg);

struct crew {
	crew_work *work;
	unsigned timeout_ms; /* for each job */
	uint64_t until;      /* nothing is begun later: ns, CLOCK_MONOTONIC; 0:
			      * there is no end */
	crew_watch *watch;   /* called about every 100 ms; may be NULL */
	void *watch_arg;
};

/* Do all JOBS. A child that does not end by its deadline is killed and, should
 * it hang in the kernel, left behind. Returns 0 or -errno when nothing could be
 * started. */
int crew_run(const struct crew *c, struct crew_job *jobs, size_t count);
