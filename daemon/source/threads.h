/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a cgroup and of all cgroups below it: how many there are, how
 * many run or are blocked, and which is the newest.
 *
 * How many cgroups and threads there are is up to the container: everything
 * here has a bound. A bound that is hit leaves a figure that is still of use:
 * the threads whose state is read are taken from all parts of the list. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Levels below the container's own cgroup that are entered. Each holds an fd
 * while it is. */
#define THREADS_DEPTH_MAX 64

struct threads_bounds {
	unsigned dirs;  /* cgroups entered; about 20 us each */
	size_t listed;  /* threads listed; about 0.1 us each */
	size_t visited; /* threads whose state is read; 15 to 20 us each */
};

struct threads_found {
	uint64_t listed;
	uint64_t visited;
	uint64_t running; /* R, of the visited */
	uint64_t blocked; /* D, of the visited */
	pid_t newest;     /* as the host sees it; 0: none */
	unsigned dirs;
	bool complete; /* every cgroup was entered and every thread listed */
};

/* Scan below DIR, a directory of a cgroup hierarchy, of V2 or not. PROC is the
 * host's procfs. Returns 0, -ENOENT or -ENODEV when the cgroup is gone, -ENOMEM
 * or -errno. */
int threads_scan(int proc, int dir, bool v2, const struct threads_bounds *max,
		 struct threads_found *ret);

/* The NSpid: line of /proc/PID/status, pid_namespaces(7): one pid for each pid
 * namespace that the process is in, the host's first. Take the one at DEPTH
 * (1: the host's). *COUNT says how many there are. Returns 0, -ENOENT when
 * there are fewer than DEPTH, or -EINVAL. DEPTH 0 is the last. */
int threads_nspid_parse(const char *text, unsigned depth, pid_t *ret,
			unsigned *count);

/* The same for a living thread. -ESRCH or -errno besides. */
int threads_nspid_read(int proc, pid_t tid, unsigned depth, pid_t *ret,
		       unsigned *count);
