/* SPDX-License-Identifier: Apache-2.0 */
/* One container as the daemon knows it: open files, policies, kept counters. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"
#include "cpu.h"
#include "host.h"
#include "memory.h"
#include "pressure.h"
#include "registry.h"
#include "snapshot.h"
#include "state.h"
#include "view.h"

/* A limit is good for this long: hot readers do not re-read what rarely
 * changes, and a live resize shows well within the second VIEWS.md allows. */
#define LIMITS_FRESH_NS 200000000ULL

#define LEVELS_KEPT 32

/* Limits of all levels at their last reading. `when` is 0 before the first. */
struct memory_limits {
	uint64_t when;
	unsigned levels;
	uint64_t limit[LEVELS_KEPT];      /* bytes or NO_LIMIT */
	uint64_t swap_limit[LEVELS_KEPT]; /* v2 swap.max, v1 memsw limit */
	uint64_t huge_limit;       /* all levels: the default huge page size */
	uint64_t huge_other_limit; /* and all other sizes together */
};

/* A memory.stat is good for this long. The kernel, to spare itself the walk
 * over all CPUs, prints one that may be 2 s old (mm/memcontrol.c, FLUSH_TIME);
 * many programs read meminfo several times in a row. What the container uses in
 * all is read anew each time. */
#define MEMORY_STAT_FRESH_NS 10000000ULL

/* The container's memory.stat at its last reading; `when` as above. */
struct memory_kept {
	uint64_t when;
	unsigned level; /* the nearest that has one */
	struct memory_stat stat;
};

/* The CPU set at its last reading; cpuset.c. */
struct cpu_limits {
	uint64_t when;
	uint64_t period; /* us, the longest of any quota; 0: no quota */
	uint64_t *sets;  /* cpuset.c */
	unsigned words;
	struct cpu_absent absent;
};

/* Where it had memory at the last reading, should its cgroup go away; numa.c.
 */
struct numa_kept {
	bool known;
	uint64_t mems[NUMA_NODES_MAX / 64];
	struct str stat; /* the text of its memory.numa_stat */
};

/* What the caller knows of a container beyond its cgroups. */
struct container_info {
	pid_t init;              /* as seen from the host; 0: unknown */
	uint64_t start_ns;       /* boottime when init started */
	int64_t boottime_offset; /* ns; see struct record */
	bool time_namespace;
	enum cpu_policy cpu;
	enum uptime_policy uptime;
	bool no_swap; /* the operator hides swap (LXCFS's -u) */
};

struct container {
	struct host *host;
	struct cgroup *cgroup;
	struct container_info info;
	struct container_state *state;
	struct memory_limits memory_limits;
	struct memory_kept memory_kept;
	struct cpu_limits cpu_limits;
	struct numa_kept numa_kept;
	struct memory last_memory; /* the last good one: served while a cgroup
				    * goes away */
	bool last_memory_valid;
	struct vmevent *last_vmevents; /* likewise */
	size_t n_last_vmevents;
	struct str last_pressure[PRESSURES];
	unsigned pid_depth; /* nesting of init's pid namespace, 1 on the host;
			     * 0: not known yet */
};

/* Make a container of its cgroups. STATE is container_state_size() bytes of
 * shared memory, zero for a new container, that outlive the container; its
 * cputime_cpus and disks.at are set. Takes CGROUP over, also on failure.
 * Returns 0 or -ENOMEM. */
int container_open(struct host *host, struct cgroup *cgroup,
		   const struct container_info *info,
		   struct container_state *state, struct container **ret);
void container_close(struct container *c);

/* Gather what NEEDS (enum need) asks for into S, which was reset. NOW_NS is
 * CLOCK_BOOTTIME. The caller holds the container's lock. What is missing is 0,
 * absent or the host's by the rules of VIEWS.md; returns -errno only when there
 * is nothing to show at all (-ENOMEM, host files unreadable). */
int container_gather(struct container *c, unsigned needs, uint64_t now_ns,
		     struct snapshot *s);

/* One step of the load average, for the sampler: see load.h. */
int container_sample(struct container *c, uint64_t tick);
