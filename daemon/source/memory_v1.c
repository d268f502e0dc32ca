/* SPDX-License-Identifier: Apache-2.0 */
/* The memory controller of cgroup v1: the total_ keys count the sub-tree. */
#include "memory.h"

#include <unistd.h>

#include "base.h"
#include "parse.h"

/* total_rss counts huge pages too, like AnonPages of /proc/meminfo. Slabs and
 * other kernel memory are only told as one sum (memory.kmem), so that no line
 * of meminfo can be made of it. */
static size_t stat_parse(const char *text, struct memory_stat *s)
{
	const struct key keys[] = {
		{ "hierarchical_memory_limit", &s->enforced },
		{ "total_cache", &s->file },
		{ "total_rss", &s->anon },
		{ "total_rss_huge", &s->anon_huge },
		{ "total_shmem", &s->shmem },
		{ "total_mapped_file", &s->mapped },
		{ "total_dirty", &s->dirty },
		{ "total_writeback", &s->writeback },
		{ "total_swap", &s->swap },
		{ "total_swapcached", &s->swap_cached },
		{ "total_inactive_anon", &s->inactive_anon },
		{ "total_active_anon", &s->active_anon },
		{ "total_inactive_file", &s->inactive_file },
		{ "total_active_file", &s->active_file },
		{ "total_unevictable", &s->unevictable },
	};

	return parse_keys(text, keys, ARRAY_SIZE(keys));
}

/* Pages of the LRU lists: shmem is among the anonymous, and what is on the
 * active ones is not told. */
static size_t node_parse(const char *text, struct memory_stat *s,
			 uint64_t *used)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const struct key keys[] = {
		{ "hierarchical_total", used },
		{ "hierarchical_file", &s->file },
		{ "hierarchical_anon", &s->anon },
		{ "hierarchical_unevictable", &s->unevictable },
	};
	size_t n = parse_keys(text, keys, ARRAY_SIZE(keys));

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		*keys[i].value = mul_cap(*keys[i].value, page);

	return n;
}

const struct memory_files memory_v1 = {
	.limit = "memory.limit_in_bytes",
	.usage = "memory.usage_in_bytes",
	.swap_limit = "memory.memsw.limit_in_bytes",
	.events = "memory.oom_control",
	.swap_limit_is_sum = true,
	.stat_parse = stat_parse,
	.node_parse = node_parse,
};
