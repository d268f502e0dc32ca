/* SPDX-License-Identifier: Apache-2.0 */
/* The memory controller of cgroup v2. */
#include "memory.h"

#include "base.h"
#include "parse.h"

static size_t stat_parse(const char *text, struct memory_stat *s)
{
	const struct key keys[] = {
		{ "anon", &s->anon },
		{ "file", &s->file },
		{ "kernel_stack", &s->kernel_stack },
		{ "pagetables", &s->page_tables },
		{ "sec_pagetables", &s->sec_page_tables },
		{ "percpu", &s->percpu },
		{ "vmalloc", &s->vmalloc },
		{ "shmem", &s->shmem },
		{ "zswap", &s->zswap },
		{ "zswapped", &s->zswapped },
		{ "file_mapped", &s->mapped },
		{ "file_dirty", &s->dirty },
		{ "file_writeback", &s->writeback },
		{ "swapcached", &s->swap_cached },
		{ "anon_thp", &s->anon_huge },
		{ "file_thp", &s->file_huge },
		{ "shmem_thp", &s->shmem_huge },
		{ "inactive_anon", &s->inactive_anon },
		{ "active_anon", &s->active_anon },
		{ "inactive_file", &s->inactive_file },
		{ "active_file", &s->active_file },
		{ "unevictable", &s->unevictable },
		{ "slab_reclaimable", &s->slab_reclaimable },
		{ "slab_unreclaimable", &s->slab_unreclaimable },
	};

	return parse_keys(text, keys, ARRAY_SIZE(keys));
}

/* All that does not lie in another one: shmem and mapped are files. */
static size_t node_parse(const char *text, struct memory_stat *s,
			 uint64_t *used)
{
	size_t n = stat_parse(text, s);
	const uint64_t parts[] = {
		s->anon,
		s->file,
		s->kernel_stack,
		s->page_tables,
		s->sec_page_tables,
		s->slab_reclaimable,
		s->slab_unreclaimable,
	};

	*used = 0;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		*used = add_cap(*used, parts[i]);

	return n;
}

const struct memory_files memory_v2 = {
	.limit = "memory.max",
	.usage = "memory.current",
	.swap_limit = "memory.swap.max",
	.swap_usage = "memory.swap.current",
	.events = "memory.events",
	.stat_parse = stat_parse,
	.node_parse = node_parse,
};
