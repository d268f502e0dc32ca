/* SPDX-License-Identifier: Apache-2.0 */
/* How the threads of a container are counted, and how often.
 *
 * A request counts at most once a second, and no more than 256 threads in 64
 * cgroups (5 to 8 ms). A container that has more is served what the sampler
 * last counted; that takes up to 1024 threads out of 32768 in 1024 cgroups (15
 * to 30 ms each 5 s). Beyond that, and for a request without a sampler, states
 * are read of every n-th thread, and the figures scaled up. All threads down to
 * 64 levels are found.
 *
 * "processes" of /proc/stat, the number of forks since the start, is nowhere to
 * be had for a cgroup. Pids of the container's pid namespace are given out in
 * order, so the highest one seen is that number, until they begin anew at
 * kernel.pid_max; it never goes back. */
#pragma once

#include <stdint.h>

struct container;

/* Count for the sampler at WHEN_NS; *ACTIVE is how many ran or were blocked.
 * Returns 0, or -errno when the cgroup is gone or memory short. */
int tasks_sample(struct container *c, uint64_t when_ns, uint64_t *active);

/* What was counted last is still true at WHEN_NS: nobody ran since. */
void tasks_still(struct container *c, uint64_t when_ns);
