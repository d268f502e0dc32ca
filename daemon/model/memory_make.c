/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of meminfo from what was read, so that they always add up. */
#include "memory_make.h"

#include <unistd.h>

#include "base.h"
#include "parse.h"
#include "snapshot.h"

#define KB 1024ULL

/* Never nothing: a reader divides by it. The smallest page there is. */
#define LEAST (4 * KB)

static uint64_t square_root(uint64_t n)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ULL << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= n)
			root += bit;

	return root;
}

uint64_t memory_low_watermark(uint64_t limit)
{
	uint64_t kb = min_u64(limit / KB, UINT64_MAX / 16);
	uint64_t least = square_root(kb * 16);

	least = max_u64(128, min_u64(least, 262144));
	return (least + max_u64(least / 4, kb / 1000)) * KB;
}

uint64_t memory_reclaimable(const struct memory_room *room)
{
	uint64_t low = memory_low_watermark(room->limit);

	return add_cap(room->file - min_u64(room->file / 2, low),
		       room->slab - min_u64(room->slab / 2, low));
}

/* Total, free and available, before the rest has its say. */
static void make_room(const struct memory_raw *raw, struct memory *m)
{
	uint64_t available = UINT64_MAX;

	m->limited = raw->rooms > 0;
	m->total = raw->host.total;
	m->free = raw->rooms ? UINT64_MAX : raw->host.free;

	for (size_t i = 0; i < raw->rooms; i++) {
		const struct memory_room *room = &raw->room[i];
		uint64_t all = add_cap(room->limit, memory_reclaimable(room));

		m->total = min_u64(m->total, room->limit);
		m->free = min_u64(m->free, sub_floor(room->limit, room->usage));
		available = min_u64(available, sub_floor(all, room->usage));
	}

	m->total = max_u64(m->total, LEAST);
	available = min_u64(available, raw->host.available);
	m->available = max_u64(LEAST, min_u64(available, m->total));
}

/* What the container uses: never more than there is. */
static void make_usage(const struct memory_raw *raw, struct memory *m)
{
	const struct memory_stat *s = &raw->stat;
	const struct {
		uint64_t *to;
		uint64_t from;
	} lines[] = {
		{ &m->active_anon, s->active_anon },
		{ &m->inactive_anon, s->inactive_anon },
		{ &m->active_file, s->active_file },
		{ &m->inactive_file, s->inactive_file },
		{ &m->unevictable, s->unevictable },
		{ &m->mlocked, min_u64(s->unevictable, raw->host.mlocked) },
		{ &m->dirty, s->dirty },
		{ &m->writeback, s->writeback },
		{ &m->anon, s->anon },
		{ &m->mapped, s->mapped },
		{ &m->anon_huge, s->anon_huge },
		{ &m->shmem_huge, s->shmem_huge },
		{ &m->file_huge, s->file_huge },
		{ &m->slab_unreclaimable, s->slab_unreclaimable },
		{ &m->kernel_stack, s->kernel_stack },
		{ &m->page_tables, s->page_tables },
		{ &m->sec_page_tables, s->sec_page_tables },
		{ &m->percpu, s->percpu },
		{ &m->vmalloc_used, s->vmalloc },
		{ &m->zswap, s->zswap },
		{ &m->cached, max_u64(s->file, s->shmem) },
		{ &m->shmem, s->shmem },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		*lines[i].to = min_u64(lines[i].from, m->total);

	m->slab_reclaimable =
		min_u64(s->slab_reclaimable, m->total - m->cached);
	m->free = min_u64(m->free, m->total - m->cached - m->slab_reclaimable);
}

static void make_swap(const struct memory_raw *raw, struct memory *m)
{
	uint64_t total = min_u64(raw->swap_limit, raw->host.swap_total);

	if (raw->no_swap)
		return;

	if (raw->swap_at_least_used)
		total = max_u64(total,
				min_u64(raw->swap_used, raw->host.swap_total));

	m->swap_total = total;
	m->swap_free =
		min_u64(sub_floor(total, raw->swap_used), raw->host.swap_free);
	m->swap_cached = min_u64(raw->stat.swap_cached, total - m->swap_free);
	m->zswapped = min_u64(raw->stat.zswapped, total - m->swap_free);
}

static void make_huge(const struct memory_raw *raw, struct memory *m)
{
	const struct host_memory *h = &raw->host;
	uint64_t pool = mul_cap(h->huge_total, h->huge_size);
	uint64_t total = min_u64(pool, raw->huge_limit);

	if (h->huge_size == 0)
		return;

	m->huge_total = total / h->huge_size;
	m->huge_free = min_u64(sub_floor(total, raw->huge_used) / h->huge_size,
			       h->huge_free);
	m->huge_free = min_u64(m->huge_free, m->huge_total);
	m->huge_all = add_cap(
		m->huge_total * h->huge_size,
		min_u64(sub_floor(h->hugetlb, pool), raw->huge_other_limit));
}

/* How much memory may be promised: as much of the container's as of the host's,
 * and no more than that in all. The host knows what else counts: huge pages are
 * not its to promise, and where vm.overcommit_kbytes is set the ratio reads 0
 * (Documentation/admin-guide/sysctl/vm.rst). */
static uint64_t commit_room(const struct memory_raw *raw, uint64_t total)
{
	const struct host_memory *h = &raw->host;
	uint64_t all = h->commit_limit
			       ? sub_floor(h->commit_limit, h->swap_total)
			       : NO_LIMIT;
	uint64_t ratio = raw->overcommit_ratio;

	return min_u64(ratio ? mul_div(total, ratio, 100) : total, all);
}

void memory_make(const struct memory_raw *raw, struct memory *ret)
{
	struct memory m = { 0 };
	uint64_t swap_used;

	make_room(raw, &m);
	make_usage(raw, &m);
	make_swap(raw, &m);
	make_huge(raw, &m);

	swap_used = raw->no_swap ? 0 : min_u64(raw->swap_used, m.swap_total);
	m.committed = add_cap(add_cap(m.anon, m.shmem), swap_used);
	m.commit_limit = add_cap(commit_room(raw, m.total), m.swap_total);
	*ret = m;
}
