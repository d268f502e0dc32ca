/* SPDX-License-Identifier: Apache-2.0 */
/* The load average of a container: what kernel/sched/loadavg.c computes for the
 * machine, from the threads of one cgroup.
 *
 * A thread of the daemon calls container_sample() for every container at each
 * tick of a grid of 5 s on CLOCK_BOOTTIME, load_tick(now). Ticks that were
 * missed count as if what is running now had been running then, as the kernel
 * does after a long idle sleep.
 *
 * A container that did nothing costs one pread: its threads are looked at only
 * when its CPU time has moved, or when some ran or were blocked at the last
 * look. No thread can begin to run or to be blocked without using CPU time,
 * which counts exactly (usage_usec, cpuacct.usage), so that no look at
 * io.pressure is needed, and v1 hosts without PSI are no different. */
#pragma once

#include <stdint.h>

#include "base.h"

#define LOAD_PERIOD_NS (5 * NSEC_PER_SEC)

static inline uint64_t load_tick(uint64_t now_ns)
{
	return now_ns / LOAD_PERIOD_NS;
}

/* avg[3] (1, 5, 15 minutes, LOAD_SHIFT) after TICKS more ticks, 1 or more, with
 * ACTIVE threads running or blocked. */
void load_step(uint64_t *avg, uint64_t active, uint64_t ticks);
