/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says about the CPUs of one container's cgroup: quota, cpuset
 * and time used. Times are in µs: 64 bits of them are 71 years of the largest
 * machine (CPUS_MAX), where ns would run over on 512 CPUs within 14 months. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cpus.h"

struct cgroup;

#define NSEC_PER_USEC 1000ULL

/* Bandwidth of one level, Documentation/scheduler/sched-bwc.rst. */
struct cpu_quota {
	uint64_t quota;  /* µs per period, or NO_LIMIT */
	uint64_t period; /* µs, > 0 */
};

/* Text of v2's cpu.max: "max 100000", "50000 100000"; the period may be left
 * out. Returns 0 or -EINVAL. */
int cpu_max_parse(const char *text, struct cpu_quota *ret);

/* Texts of v1's cpu.cfs_quota_us (-1: none) and cpu.cfs_period_us. */
int cpu_cfs_parse(const char *quota, const char *period, struct cpu_quota *ret);

/* The quota of LEVEL (cgroup.h). Returns 0, -ENOENT when that level has no such
 * file, -EINVAL for nonsense, or -errno. */
int cpu_quota_read(struct cgroup *cg, unsigned level, struct cpu_quota *ret);

/* The CPUs that the container may run on, from the nearest level that says so:
 * a v1 cpuset is empty until somebody writes it. Returns 0, -ENOENT when no
 * level says anything that makes sense, or -errno. */
int cpu_effective_read(struct cgroup *cg, struct cpus *ret);

/* The NUMA nodes that the container may have memory of; as above. */
int cpu_mems_read(struct cgroup *cg, struct cpus *ret);

/* Files that a kernel or a cgroup does not have: not looked for again until the
 * caller clears this. All zero: nothing known. */
struct cpu_absent {
	bool stat_local;
	bool usage_all;
	bool usage_percpu;
};

struct cpu_time {
	uint64_t user; /* with nice */
	uint64_t system;
};

/* All since the cgroup was made, in µs. */
struct cpu_usage {
	uint64_t used; /* exact; what follows may be counted in ticks of the
			* kernel's clock, which throttling falls in with: 10 %
			* too much were seen on v1 */
	uint64_t user; /* with nice, as in kernel/cgroup/rstat.c */
	uint64_t nice; /* 0 on v1, that does not count it */
	uint64_t system;
	uint64_t throttled;   /* may grow by more than time: Σ over CPUs */
	struct cpu_time *cpu; /* by id; NULL where there are totals only */
	unsigned n;
};

#define autousage __attribute__((cleanup(cpu_usage_free)))
void cpu_usage_free(struct cpu_usage *usage);

/* Read all of it: two preads on v2, three on v1, when ABSENT has settled.
 * Throttled time is that of cpu.stat.local (6.6, both versions): it has our own
 * waiting for the quota of an ancestor, which cpu.stat has not; older kernels:
 * cpu.stat. Returns 0, or -errno when there is no CPU time to be had (-ENODEV:
 * the cgroup is gone). The caller owns *RET. */
int cpu_usage_read(struct cgroup *cg, struct cpu_absent *absent,
		   struct cpu_usage *ret);

/* v1's cpuacct.usage_all ("cpu user system", then a line for each CPU, ns), and
 * the pair cpuacct.usage_percpu_user, _sys (one line each). Return 0, -EINVAL
 * or -ENOMEM. */
int cpu_usage_all_parse(const char *text, struct cpu_usage *ret);
int cpu_usage_percpu_parse(const char *user, const char *system,
			   struct cpu_usage *ret);

/* v2's cpu.stat. Returns 0 or -EINVAL when it has no times. */
int cpu_stat_parse(const char *text, struct cpu_usage *ret);

/* CPU time in all, exact: it moves whenever one of the container's tasks has
 * run for 1 us. One pread. Returns 0 or -errno. */
int cpu_used_read(struct cgroup *cg, uint64_t *ret);
