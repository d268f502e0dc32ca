/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU time that a container shows: kept in shared memory, one step at each
 * reading.
 *
 * In a step of length dt each shown CPU advances by exactly dt, over user +
 * nice + system + steal + idle:
 *
 *  1. What the container used, exactly, is divided as the kernel's counters of
 *     user and system, and of each CPU (v1), have grown. It goes where it was
 *     used, as far as that CPU is shown and has room (dt).
 *  2. The rest, and all of it on v2, is spread over the room that is left, in
 *     proportion. What does not fit is owed to the next step. Nothing is lost.
 *  3. Throttled time fills room as steal. It may exceed all room for ever (the
 *     kernel adds up CPUs), so that at most one period per CPU is owed; but
 *     that must be: the kernel counts it when it is over.
 *  4. What is left is idle.
 *
 * The first step begins at the container's start: real totals at once. What it
 * could not show (usage of before) is not owed.
 *
 * A line never decreases, nor does the sum of the lines as printed, in USER_HZ.
 * When the set of shown CPUs changes, the step advances the old and the new
 * ones, for nobody knows when in it that was. A CPU that goes keeps its line,
 * and takes it up again when it comes back. What the sum would lose by that is
 * given to the lines that remain, in equal parts. A set that changes back and
 * forth therefore makes the sum grow by more than time; should a line come to
 * CPUTIME_LINE_MAX, all begin anew, as for a container seen for the first time.
 */
#pragma once

#include <stdint.h>

#include "cpu.h"
#include "state.h"

/* us: beyond any uptime, and far from an overflow. */
#define CPUTIME_LINE_MAX (UINT64_C(1) << 62)

/* What one step is made of. */
struct cputime_reading {
	uint64_t now;    /* us, boottime */
	uint64_t start;  /* us, boottime at which the container started */
	uint64_t period; /* us, the longest quota period, 0 without */
	const struct cpus *shown;
	const struct cpu_usage *usage; /* NULL: not readable, stands still */
};

/* Make one step. Returns 0 or -ENOMEM, and then nothing has changed. The
 * container's lock is held. CPUs of cputime_cpus and more are not counted. */
int cputime_step(struct container_state *state,
		 const struct cputime_reading *r);

/* The totals and the CPUs (cputime_cpus of them) of the last step. */
const struct cputime_totals *
cputime_totals(const struct container_state *state);
const struct cputime_cpu *cputime_cpus(const struct container_state *state);
