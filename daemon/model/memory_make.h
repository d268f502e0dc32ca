/* SPDX-License-Identifier: Apache-2.0 */
/* From what the kernel says to what a container has: the pure part.
 *
 * The inputs race with each other, for they come from files read one after the
 * other, and may be garbage. What is made of them still adds up, by
 * construction:
 *
 *	free + cached + slab_reclaimable <= total
 *	0 < available <= total
 *	shmem <= cached
 *	swap_free <= swap_total, swap_cached <= swap_total - swap_free
 *	huge_free <= huge_total
 *
 * Where they do not add up, free yields to cached and slab_reclaimable, and
 * these to total. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container.h"
#include "host_memory.h"
#include "memory.h"

struct memory;

/* A level with a limit, and what is used of it; bytes. */
struct memory_room {
	uint64_t limit;
	uint64_t usage;
	uint64_t file; /* on the file LRU lists */
	uint64_t slab; /* reclaimable */
};

struct memory_raw {
	struct host_memory host;
	struct memory_stat stat; /* the container's own */
	struct memory_room room[LEVELS_KEPT + 1];
	size_t rooms; /* 0: no limit up to the root */

	uint64_t swap_limit; /* the tightest, or NO_LIMIT */
	uint64_t swap_used;
	bool swap_at_least_used; /* v1: limits are differences, and may be less
				  * than what was swapped before */
	bool no_swap;

	uint64_t huge_limit; /* bytes of the default size, or NO_LIMIT */
	uint64_t huge_used;
	uint64_t huge_other_limit; /* of all other sizes, or NO_LIMIT */

	uint64_t overcommit_ratio; /* percent */
};

/* raw->host.total must not be 0. */
void memory_make(const struct memory_raw *raw, struct memory *ret);

/* How much of a level can be had back: its page cache and slabs, each less the
 * low watermark but at least half of it, as si_mem_available() of mm/show_mem.c
 * counts on a host.
 *
 * A cgroup has no watermark. We take that of a machine with LIMIT bytes of RAM,
 * by the kernel's own formulas (calculate_min_free_kbytes() and
 * __setup_per_zone_wmarks() of mm/page_alloc.c): the square root of 16 kB times
 * its size, and on top the larger of a quarter of that and 0.1 % of the size.
 */
uint64_t memory_reclaimable(const struct memory_room *room);
uint64_t memory_low_watermark(uint64_t limit);
