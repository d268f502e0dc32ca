/* SPDX-License-Identifier: Apache-2.0 */
/* What one process of the storm has seen: in memory that it shares with the
 * one that watches, so that it is there whatever becomes of the process. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "check.h"

#define ERRNO_MAX 160
#define SHOWN_MAX 2048

/* How a file is read: "open" opens it each time, "seek" keeps it open and goes
 * back to its beginning, the others open it and read that many bytes at once.
 */
enum kind {
	KIND_OPEN,
	KIND_SEEK,
	KIND_17,
	KIND_300,
	KINDS
};

/* Waits, in ns: BUCKETS_EACH for each power of two. */
#define BUCKETS_BITS 3
#define BUCKETS_EACH (1 << BUCKETS_BITS)
#define BUCKETS      (40 * BUCKETS_EACH)

struct waits {
	_Atomic uint64_t count;
	_Atomic uint64_t worst; /* ns */
	_Atomic uint64_t bucket[BUCKETS];
};

struct tally {
	enum kind kind;
	bool signals; /* a signal each millisecond */
	bool hung;    /* says who watches */
	_Atomic bool done;
	_Atomic uint64_t beat; /* ns, CLOCK_MONOTONIC: the last call's end */
	_Atomic uint64_t cycles;
	_Atomic uint64_t verdicts[VERDICTS];
	_Atomic uint64_t errors[ERRNO_MAX];
	struct waits calls;  /* of one system call, while we had to sleep */
	struct waits queued; /* the same and the wait for a CPU after it */
	struct waits whole;  /* of one cycle: a file from begin to end */

	/* The first thing that was wrong. */
	_Atomic bool shown;
	char what[256];
	char text[SHOWN_MAX];
};

void waits_add(struct waits *w, uint64_t ns);
void waits_sum(struct waits *to, const struct waits *w);

/* So many per cent of all waits were no longer than this: ns, to an eighth. */
uint64_t waits_percentile(const struct waits *w, double percent);

/* Errors of all numbers, and all that is wrong. */
uint64_t tally_errors(const struct tally *t);
bool tally_wrong(const struct tally *t);
