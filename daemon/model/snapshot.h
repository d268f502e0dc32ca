/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a render function may look at: what a container has, as plain
 * numbers. No fd, no pid, no clock. VIEWS.md says what each means. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpuinfo.h"
#include "cpus.h"
#include "host_stat.h"
#include "io.h"
#include "str.h"
#include "view.h"

/* All in bytes, already floored and capped: what meminfo and swaps print. */
struct memory {
	bool host;    /* no cgroup has a say: every line is the host's */
	bool limited; /* some level has less than the host */
	uint64_t total;
	uint64_t free;
	uint64_t available;
	uint64_t cached;
	uint64_t swap_cached;
	uint64_t active_anon;
	uint64_t inactive_anon;
	uint64_t active_file;
	uint64_t inactive_file;
	uint64_t unevictable;
	uint64_t mlocked;
	uint64_t dirty;
	uint64_t writeback;
	uint64_t anon;
	uint64_t mapped;
	uint64_t shmem;
	uint64_t anon_huge;
	uint64_t shmem_huge;
	uint64_t file_huge;
	uint64_t slab_reclaimable;
	uint64_t slab_unreclaimable;
	uint64_t kernel_stack;
	uint64_t page_tables;
	uint64_t sec_page_tables;
	uint64_t percpu;
	uint64_t vmalloc_used;
	uint64_t zswap;
	uint64_t zswapped;
	uint64_t commit_limit;
	uint64_t committed;
	uint64_t swap_total;
	uint64_t swap_free;
	uint64_t
		huge_total; /* pages of the default huge page size, not bytes */
	uint64_t huge_free; /* likewise */
	uint64_t huge_all;  /* Hugetlb: all sizes together */
};

struct cpu_sets {
	struct cpus shown; /* never empty */
	struct cpus present;
	struct cpus possible;
	struct cpus online; /* the host's */
};

/* The fields of /proc/stat that a container has; the others are 0. */
enum cpu_field {
	CPU_USER,
	CPU_NICE,
	CPU_SYSTEM,
	CPU_IDLE,
	CPU_STEAL,
	CPU_FIELDS,
};

/* What is printed: USER_HZ = 100. */
#define USEC_PER_TICK 10000

/* One line of /proc/stat, in us since the container's start. */
struct cpu_line {
	unsigned cpu;
	uint64_t time[CPU_FIELDS];
};

struct cputime {
	struct cpu_line *lines; /* one for each shown CPU, ascending */
	size_t n;
	size_t cap;
};

/* NUMA nodes, by id. */
struct numa {
	struct cpus online; /* the host's */
	struct cpus memory; /* those that have memory at all */
	struct cpus normal; /* those of them that have it where the kernel can
			     * use it for itself */
	struct cpus mems;   /* of `memory`, what the container may use; never
			     * empty while that is not */
	struct cpus cpus;   /* those with a shown CPU; NEED_NODE_CPUS */
};

struct tasks {
	uint64_t running; /* R, >= 1: the reader itself */
	uint64_t blocked; /* D */
	uint64_t total;   /* threads */
	uint64_t forks;   /* "processes" of /proc/stat: the highest pid seen */
	uint64_t newest;  /* pid in the container's pid namespace */
};

/* Fixed point, FSHIFT = 11 as in include/linux/sched/loadavg.h. */
#define LOAD_SHIFT 11
struct load {
	uint64_t avg[3];
};

/* Those that appear first: a list that drops one is a list of other disks. */
#define DISKS_MAX 256
struct disks {
	bool host; /* a process of the host: the host's file */
	struct io_device disk[DISKS_MAX]; /* by number */
	size_t n;
};

/* The disk MAJOR:MINOR, or NULL when the container has not used it. */
const struct io_device *disks_find(const struct disks *disks, uint32_t major,
				   uint32_t minor);

/* "name value" lines of /proc/vmstat that the container has; every other name
 * of the host is printed as 0. */
#define VMEVENTS_MAX 128
struct vmevent {
	const char *name; /* a string constant */
	uint64_t value;
};

struct vmevents {
	bool host;
	struct vmevent event[VMEVENTS_MAX];
	size_t n;
};

struct snapshot {
	struct star star; /* the '*' of the view's path */
	struct str host_meminfo;
	struct str host_cpuinfo;
	struct cpuinfo cpuinfo; /* where things are in it */
	struct host_stat host_stat;
	struct str host_vmstat;
	struct str host_diskstats;
	struct str host_schedstat; /* these three may not be there: empty */
	struct str host_softirqs;
	struct str host_interrupts;
	struct str host_partitions;
	struct str host_disk; /* of the path's disk, only if disks.host */
	struct memory memory;
	struct str host_node;      /* the file of the view's node */
	struct memory node_memory; /* of the view's node */
	struct numa numa;
	struct cpu_sets cpus;
	struct cputime cputime;
	uint64_t uptime_ns;
	uint64_t btime; /* seconds since the epoch; 0: the host's */
	struct tasks tasks;
	struct load load;
	struct disks disks;
	struct io_device disk; /* the one that the path says */
	struct vmevents vmevents;
	struct str pressure; /* the cgroup's file as it is */
	struct str slabinfo; /* the cgroup's, or empty */
};

/* Forget the content, keep the memory: a snapshot is used again and again. */
void snapshot_reset(struct snapshot *s);
void snapshot_free(struct snapshot *s);
