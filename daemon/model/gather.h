/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a snapshot: one function, in one file of that name, for each.
 *
 * All return 0 or -errno, and only read C and S fields gathered before them in
 * the order of the table in container.c. */
#pragma once

#include <stdint.h>

struct container;
struct snapshot;

typedef int gather_part(struct container *c, uint64_t now_ns,
			struct snapshot *s);

gather_part memory_gather, vmevents_gather, disks_gather, disk_gather,
	slabinfo_gather;
gather_part numa_gather, node_cpus_gather, node_memory_gather;
gather_part cpus_gather, cputime_gather, uptime_gather, tasks_gather,
	load_gather;
gather_part pressure_cpu_gather, pressure_io_gather, pressure_memory_gather;
