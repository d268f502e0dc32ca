/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of /proc/vmstat that a container has. Gauges (nr_*) are made of the
 * lines of meminfo, in pages; counters come from memory.stat. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base.h"
#include "cgroup.h"
#include "container.h"
#include "gather.h"
#include "io.h"
#include "memory.h"
#include "parse.h"

/* Counters that are called the same in memory.stat of v2 and in vmstat. */
static const char *const v2_names[] = {
	"pgfault",
	"pgmajfault",
	"pgrefill",
	"pgactivate",
	"pgdeactivate",
	"pglazyfree",
	"pglazyfreed",
	"pgscan_kswapd",
	"pgscan_direct",
	"pgscan_khugepaged",
	"pgscan_proactive",
	"pgsteal_kswapd",
	"pgsteal_direct",
	"pgsteal_khugepaged",
	"pgsteal_proactive",
	"pgdemote_kswapd",
	"pgdemote_direct",
	"pgdemote_khugepaged",
	"pgdemote_proactive",
	"pgpromote_success",
	"pswpin",
	"pswpout",
	"swpin_zero",
	"swpout_zero",
	"zswpin",
	"zswpout",
	"zswpwb",
	"workingset_refault_anon",
	"workingset_refault_file",
	"workingset_activate_anon",
	"workingset_activate_file",
	"workingset_restore_anon",
	"workingset_restore_file",
	"workingset_nodereclaim",
	"thp_fault_alloc",
	"thp_collapse_alloc",
	"thp_swpout",
	"thp_swpout_fallback",
	"numa_pages_migrated",
	"numa_pte_updates",
	"numa_hint_faults",
};

/* Those of v1 have a prefix. Its pgpgin counts charged pages, not I/O. */
#define V1_PREFIX "total_"
static const char *const v1_keys[] = {
	"total_pgfault",
	"total_pgmajfault",
	"total_workingset_refault_anon",
	"total_workingset_refault_file",
};

static void add(struct snapshot *s, const char *name, uint64_t value)
{
	if (s->vmevents.n < VMEVENTS_MAX)
		s->vmevents.event[s->vmevents.n++] =
			(struct vmevent){ name, value };
}

/* In the kernel's order (mm/vmstat.c), which makes the view's search short. */
static void gauges_add(const struct memory *m, struct snapshot *s)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	/* vmstat counts transparent huge pages, not their parts: as many bytes
	 * as one page of 8-byte entries maps */
	const uint64_t huge = page / 8 * page;
	const struct {
		const char *name;
		uint64_t bytes;
		uint64_t unit;
	} gauges[] = {
		{ "nr_free_pages", m->free, page },
		{ "nr_zone_inactive_anon", m->inactive_anon, page },
		{ "nr_zone_active_anon", m->active_anon, page },
		{ "nr_zone_inactive_file", m->inactive_file, page },
		{ "nr_zone_active_file", m->active_file, page },
		{ "nr_zone_unevictable", m->unevictable, page },
		{ "nr_zone_write_pending", add_cap(m->dirty, m->writeback),
		  page },
		{ "nr_mlock", m->mlocked, page },
		{ "nr_inactive_anon", m->inactive_anon, page },
		{ "nr_active_anon", m->active_anon, page },
		{ "nr_inactive_file", m->inactive_file, page },
		{ "nr_active_file", m->active_file, page },
		{ "nr_unevictable", m->unevictable, page },
		{ "nr_slab_reclaimable", m->slab_reclaimable, page },
		{ "nr_slab_unreclaimable", m->slab_unreclaimable, page },
		{ "nr_anon_pages", m->anon, page },
		{ "nr_mapped", m->mapped, page },
		{ "nr_file_pages", add_cap(m->cached, m->swap_cached), page },
		{ "nr_dirty", m->dirty, page },
		{ "nr_writeback", m->writeback, page },
		{ "nr_shmem", m->shmem, page },
		{ "nr_shmem_hugepages", m->shmem_huge, huge },
		{ "nr_file_hugepages", m->file_huge, huge },
		{ "nr_anon_transparent_hugepages", m->anon_huge, huge },
		{ "nr_kernel_stack", m->kernel_stack, 1024 },
		{ "nr_page_table_pages", m->page_tables, page },
		{ "nr_sec_page_table_pages", m->sec_page_tables, page },
		{ "nr_swapcached", m->swap_cached, page },
	};

	for (size_t i = 0; i < ARRAY_SIZE(gauges); i++)
		add(s, gauges[i].name, gauges[i].bytes / gauges[i].unit);
}

/* From the nearest level whose FILE says anything about KEYS; their values
 * stay as they are when none does. */
static int keys_read(struct cgroup *cg, const char *file,
		     const struct key *keys, size_t n)
{
	autostr struct str text = { 0 };

	for (unsigned i = 0; i < cgroup_levels(cg, CG_MEMORY); i++) {
		int r = cgroup_read(cg, CG_MEMORY, i, file, &text);

		if (r < 0 && r != -ENOENT)
			return r;
		if (r == 0 && parse_keys(str_text(&text), keys, n))
			return 0;
		str_reset(&text);
	}

	return 0;
}

static int counters_add(struct cgroup *cg, struct snapshot *s)
{
	const bool v2 = cgroup_is_v2(cg, CG_MEMORY);
	const char *const *names = v2 ? v2_names : v1_keys;
	const size_t n = v2 ? ARRAY_SIZE(v2_names) : ARRAY_SIZE(v1_keys);
	const size_t skip = v2 ? 0 : strlen(V1_PREFIX);
	uint64_t values[ARRAY_SIZE(v2_names)] = { 0 };
	struct key keys[ARRAY_SIZE(v2_names)];
	int r;

	for (size_t i = 0; i < n; i++)
		keys[i] = (struct key){ names[i], &values[i] };
	r = keys_read(cg, "memory.stat", keys, n);
	for (size_t i = 0; i < n && r == 0; i++)
		add(s, names[i] + skip, values[i]);

	return r;
}

static int oom_kills_add(struct cgroup *cg, struct snapshot *s)
{
	uint64_t kills = 0;
	const struct key key = { "oom_kill", &kills };
	int r = keys_read(cg, memory_files(cg)->events, &key, 1);

	if (r == 0)
		add(s, "oom_kill", kills);

	return r;
}

/* The higher of VALUE and what was shown before: a disk that is unplugged
 * takes its counters along. */
static uint64_t raise_to(_Atomic uint64_t *shown, uint64_t value)
{
	if (value > atomic_load(shown))
		atomic_store(shown, value);

	return atomic_load(shown);
}

/* pgpgin and pgpgout are KiB of block I/O. */
static int io_add(struct container *c, struct snapshot *s)
{
	autoiostat struct io_stat stat = { 0 };
	uint64_t in = 0;
	uint64_t out = 0;
	int r = io_read(c->cgroup, &stat);

	if (r < 0 && r != -ENOENT)
		return r;

	for (size_t i = 0; i < stat.n; i++) {
		in = add_cap(in, stat.device[i].read_bytes);
		out = add_cap(out, stat.device[i].written_bytes);
	}
	add(s, "pgpgin", raise_to(&c->state->disks.read_bytes, in) / 1024);
	add(s, "pgpgout", raise_to(&c->state->disks.written_bytes, out) / 1024);
	return 0;
}

static int keep(struct container *c, const struct vmevents *v)
{
	if (v->n > c->n_last_vmevents) {
		struct vmevent *more =
			reallocarray(c->last_vmevents, v->n, sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->last_vmevents = more;
	}

	c->n_last_vmevents = v->n;
	memcpy(c->last_vmevents, v->event, v->n * sizeof(*v->event));
	return 0;
}

int vmevents_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	int r;

	(void)now_ns;
	/* In a cgroup that nobody counts for, nothing is counted: the host's
	 * events are not the container's. */
	s->vmevents.host = s->memory.host && cgroup_is_root(c->cgroup);
	if (s->vmevents.host)
		return 0;

	gauges_add(&s->memory, s);
	r = io_add(c, s);
	if (r == 0)
		r = counters_add(c->cgroup, s);
	if (r == 0)
		r = oom_kills_add(c->cgroup, s);

	if (r == 0)
		return keep(c, &s->vmevents);
	if (c->n_last_vmevents == 0)
		return r == -ENODEV ? 0 : r;

	s->vmevents.n = c->n_last_vmevents;
	memcpy(s->vmevents.event, c->last_vmevents,
	       c->n_last_vmevents * sizeof(*c->last_vmevents));
	return 0;
}
