/* SPDX-License-Identifier: Apache-2.0 */
/* What the memory controller says about one level, the same for v1 and v2.
 *
 * Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst. All values
 * are bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroup;
struct str;

/* memory.stat of a level and everything below it. What a kernel does not tell
 * is 0. */
struct memory_stat {
	uint64_t file; /* page cache, shmem included */
	uint64_t anon;
	uint64_t shmem;
	uint64_t mapped;
	uint64_t dirty;
	uint64_t writeback;
	uint64_t swap_cached;
	uint64_t active_anon;
	uint64_t inactive_anon;
	uint64_t active_file;
	uint64_t inactive_file;
	uint64_t unevictable;
	uint64_t anon_huge;
	uint64_t shmem_huge;
	uint64_t file_huge;
	uint64_t slab_reclaimable;
	uint64_t slab_unreclaimable;
	uint64_t kernel_stack;
	uint64_t page_tables;
	uint64_t sec_page_tables;
	uint64_t percpu;
	uint64_t vmalloc;
	uint64_t zswap;
	uint64_t zswapped;

	/* v1 only */
	uint64_t swap;
	uint64_t enforced; /* the tightest limit up to the root; 0: not told */
};

/* What a cgroup version calls things. */
struct memory_files {
	const char *limit;
	const char *usage;
	const char *swap_limit;
	const char *swap_usage; /* NULL: it is in memory.stat */
	const char *events;     /* has an "oom_kill N" line */
	bool swap_limit_is_sum; /* of memory and swap */

	/* Fill in what TEXT tells; returns how many keys were known. */
	size_t (*stat_parse)(const char *text, struct memory_stat *ret);

	/* The same for memory.numa_stat, TEXT being the lines of one node, and
	 * what these are in all. */
	size_t (*node_parse)(const char *text, struct memory_stat *ret,
			     uint64_t *used);
};

extern const struct memory_files memory_v1, memory_v2;

/* Those of the version that serves this container's memory controller. */
const struct memory_files *memory_files(const struct cgroup *cg);

/* Read memory.stat of LEVEL. Returns 0, -ENOENT when there is none, -EINVAL
 * when it says nothing we know, -ENODEV when the cgroup is gone, or -errno. */
int memory_stat_read(struct cgroup *cg, unsigned level,
		     struct memory_stat *ret);

/* Of the text of memory.numa_stat, what it says of NODE: "key value" lines,
 * with the keys as they are there. */
void memory_numa_lines(const char *text, unsigned node, struct str *out);

/* What the container has on NODE by the text of its memory.numa_stat: STAT, as
 * far as it is told, and USED, all of it, in bytes. Returns 0 or -ENOMEM. */
int memory_numa_parse(const struct memory_files *files, const char *text,
		      unsigned node, struct memory_stat *stat, uint64_t *used);

/* Read a file with one number; as cgroup_read_limit(), but whatever is not a
 * number is -EINVAL. */
int memory_value_read(struct cgroup *cg, unsigned level, const char *name,
		      uint64_t *ret);
