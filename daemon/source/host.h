/* SPDX-License-Identifier: Apache-2.0 */
/* The host's own files, below directory fds that were opened once. */
#pragma once

#include <stdint.h>

#include "hierarchy.h"
#include "host_stat.h"

struct cpuinfo;
struct cpus;
struct str;

/* One file of the host that views are made from; host.c has the table. */
enum host_file {
	HOST_MEMINFO,
	HOST_CPUINFO,
	HOST_STAT,
	HOST_VMSTAT,
	HOST_DISKSTATS,
	HOST_SCHEDSTAT, /* the first CPU only */
	HOST_SOFTIRQS,
	HOST_INTERRUPTS,
	HOST_PARTITIONS,
	HOST_OVERCOMMIT_RATIO,
	HOST_CPU_ONLINE,
	HOST_CPU_PRESENT,
	HOST_CPU_POSSIBLE,
	HOST_NODE_ONLINE,
	HOST_NODE_MEMORY, /* nodes that have some */
	HOST_NODE_NORMAL_MEMORY,
	HOST_FILES,
};

struct host;

/* PROC, SYS and CGROUP are directory fds of procfs, sysfs and /sys/fs/cgroup
 * (or of a fixture that looks like them); the host takes them over, also on
 * failure. Returns 0 or -errno; -ENOENT when CGROUP has no hierarchy. */
int host_open(int proc, int sys, int cgroup, struct host **ret);
void host_close(struct host *h);

/* Append the text of FILE to OUT. Files that hardly change are read again only
 * when the last reading is older than their row in the table allows; NOW_NS is
 * any clock that does not go back. Thread-safe. Returns 0 or -errno. */
int host_read(struct host *h, enum host_file file, uint64_t now_ns,
	      struct str *out);

/* The same for HOST_CPUINFO, with INDEX made that of its text: OUT is empty
 * before. */
int host_cpuinfo(struct host *h, uint64_t now_ns, struct str *out,
		 struct cpuinfo *index);

/* What HOST_STAT says. */
int host_stat(struct host *h, uint64_t now_ns, struct host_stat *ret);
/* The ids in FILE, one of those that list CPUs or NUMA nodes. Returns 0, or
 * -errno with an empty set. */
int host_read_set(struct host *h, enum host_file file, uint64_t now_ns,
		  struct cpus *ret);

/* Append the text of file NAME of NUMA node NODE, as it is now. Returns 0,
 * -ENOENT when there is no such node or file, or -errno. */
int host_read_node(const struct host *h, unsigned node, const char *name,
		   struct str *out);

/* The directory fds; they stay the host's. */
int host_proc(const struct host *h);
int host_sys(const struct host *h);

const struct hierarchies *host_hierarchies(const struct host *h);
