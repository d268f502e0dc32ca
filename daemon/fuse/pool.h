/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads the next request.
 *
 * With one thread in read(2) a round trip stays on one CPU; with all of them
 * there the kernel wakes them in turn, which takes half as long again. So one
 * thread reads and serves while that is enough, and the others are parked. A
 * thread that finds requests waiting many times in a row calls one more; one
 * that had to wait beside another parks. A single reader on another CPU can be
 * as fast as we are, and so looks like a backlog: when a call was good for
 * little, the next one takes twice as long a row. When the only thread is stuck
 * in a slow request, the guard calls another after a few ms. An idle pool
 * sleeps. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct pool {
	unsigned threads;
	_Atomic uint32_t active;  /* threads that are not parked */
	_Atomic uint32_t reading; /* threads in read(2) */
	_Atomic uint32_t tickets; /* calls that no parked thread has seen yet */
	_Atomic uint32_t stop;
	_Atomic uint32_t patience; /* requests in a row for a call */
	_Atomic uint32_t guard_asleep;
	_Atomic uint64_t progress; /* requests so far */
	_Atomic uint64_t called;   /* progress at the last call */
};

/* A thread's own view of it. */
struct pool_thread {
	uint64_t since;  /* ns: when it began to read, then when it had read */
	unsigned streak; /* requests that were there at once */
	bool parked;     /* it begins its life parked */
	bool waited;
};

void pool_init(struct pool *p, unsigned threads);

/* Before and after each read(2). False: it is time to end. */
bool pool_enter(struct pool *p, struct pool_thread *t);
void pool_leave(struct pool *p, struct pool_thread *t, bool got);

/* The guard's loop, in a thread of its own, until pool_stop(). */
void pool_guard(struct pool *p);

/* End: parked threads and the guard come back; one in read(2) has to be
 * interrupted by the caller. */
void pool_stop(struct pool *p);
