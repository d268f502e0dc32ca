/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/meminfo: the host's lines with the container's numbers put in.
 *
 * Format: fs/proc/meminfo.c and mm/hugetlb.c. */
#include "base.h"
#include "memory_lines.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* mm/hugetlb.c: "HugePages_Total:   %5lu" */
#define HUGE_PAGES_AT 19

/* In the kernel's order, which makes the search short. What is not a
 * container's own, and a key that is missing here, is 0. */
static const struct memory_row rows[] = {
	{ "MemTotal", MEMORY(total), NOTHING },
	{ "MemFree", MEMORY(free), NOTHING },
	{ "MemAvailable", MEMORY(available), NOTHING },
	{ "Buffers", NOTHING, NOTHING },
	{ "Cached", MEMORY(cached), NOTHING },
	{ "SwapCached", MEMORY(swap_cached), NOTHING },
	{ "Active", MEMORY(active_anon), MEMORY(active_file) },
	{ "Inactive", MEMORY(inactive_anon), MEMORY(inactive_file) },
	{ "Active(anon)", MEMORY(active_anon), NOTHING },
	{ "Inactive(anon)", MEMORY(inactive_anon), NOTHING },
	{ "Active(file)", MEMORY(active_file), NOTHING },
	{ "Inactive(file)", MEMORY(inactive_file), NOTHING },
	{ "Unevictable", MEMORY(unevictable), NOTHING },
	{ "Mlocked", MEMORY(mlocked), NOTHING },
	{ "SwapTotal", MEMORY(swap_total), NOTHING },
	{ "SwapFree", MEMORY(swap_free), NOTHING },
	{ "Zswap", MEMORY(zswap), NOTHING },
	{ "Zswapped", MEMORY(zswapped), NOTHING },
	{ "Dirty", MEMORY(dirty), NOTHING },
	{ "Writeback", MEMORY(writeback), NOTHING },
	{ "AnonPages", MEMORY(anon), NOTHING },
	{ "Mapped", MEMORY(mapped), NOTHING },
	{ "Shmem", MEMORY(shmem), NOTHING },
	{ "KReclaimable", MEMORY(slab_reclaimable), NOTHING },
	{ "Slab", MEMORY(slab_reclaimable), MEMORY(slab_unreclaimable) },
	{ "SReclaimable", MEMORY(slab_reclaimable), NOTHING },
	{ "SUnreclaim", MEMORY(slab_unreclaimable), NOTHING },
	{ "KernelStack", MEMORY(kernel_stack), NOTHING },
	{ "PageTables", MEMORY(page_tables), NOTHING },
	{ "SecPageTables", MEMORY(sec_page_tables), NOTHING },
	{ "NFS_Unstable", NOTHING, NOTHING },
	{ "Bounce", NOTHING, NOTHING },
	{ "WritebackTmp", NOTHING, NOTHING },
	{ "CommitLimit", MEMORY(commit_limit), NOTHING },
	{ "Committed_AS", MEMORY(committed), NOTHING },
	{ "VmallocTotal", MACHINE, NOTHING },
	{ "VmallocUsed", MEMORY(vmalloc_used), NOTHING },
	{ "VmallocChunk", NOTHING, NOTHING },
	{ "Percpu", MEMORY(percpu), NOTHING },
	{ "HardwareCorrupted", MACHINE, NOTHING },
	{ "AnonHugePages", MEMORY(anon_huge), NOTHING },
	{ "ShmemHugePages", MEMORY(shmem_huge), NOTHING },
	{ "ShmemPmdMapped", NOTHING, NOTHING },
	{ "FileHugePages", MEMORY(file_huge), NOTHING },
	{ "FilePmdMapped", NOTHING, NOTHING },
	{ "CmaTotal", MACHINE, NOTHING },
	{ "CmaFree", NOTHING, NOTHING },
	{ "Unaccepted", NOTHING, NOTHING },
	{ "Balloon", NOTHING, NOTHING },
	{ "HugePages_Total", MEMORY(huge_total), NOTHING },
	{ "HugePages_Free", MEMORY(huge_free), NOTHING },
	{ "HugePages_Rsvd", NOTHING, NOTHING },
	{ "HugePages_Surp", NOTHING, NOTHING },
	{ "Hugepagesize", MACHINE, NOTHING },
	{ "Hugetlb", MEMORY(huge_all), NOTHING },
	{ "DirectMap4k", MACHINE, NOTHING },
	{ "DirectMap64k", MACHINE, NOTHING },
	{ "DirectMap1M", MACHINE, NOTHING },
	{ "DirectMap2M", MACHINE, NOTHING },
	{ "DirectMap4M", MACHINE, NOTHING },
	{ "DirectMap1G", MACHINE, NOTHING },
	{ "DirectMap2G", MACHINE, NOTHING },
};

/* Of a host that nobody limits, only swap can be hidden. */
static const struct memory_row no_swap_rows[] = {
	{ "SwapCached", MEMORY(swap_cached), NOTHING },
	{ "SwapTotal", MEMORY(swap_total), NOTHING },
	{ "SwapFree", MEMORY(swap_free), NOTHING },
};

static void host_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_meminfo));
	struct slice text;
	size_t next = 0;

	if (in->memory.swap_total) {
		str_add(out, rest.p, rest.len);
		return;
	}

	while (slice_line(&rest, &text)) {
		const struct memory_row *row = NULL;
		struct memory_line line;

		if (memory_line_parse(text, &line))
			row = memory_row_find(no_swap_rows,
					      ARRAY_SIZE(no_swap_rows),
					      line.key, &next);
		if (row) {
			memory_line_add(out, &line,
					memory_row_value(row, &in->memory),
					HUGE_PAGES_AT);
			continue;
		}
		str_add(out, text.p, text.len);
		str_add(out, "\n", 1);
	}
}

void meminfo_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_meminfo));
	struct slice text;
	size_t next = 0;

	if (in->memory.host) {
		host_render(in, out);
		return;
	}

	while (slice_line(&rest, &text)) {
		const struct memory_row *row;
		struct memory_line line;

		if (!memory_line_parse(text, &line))
			continue;

		row = memory_row_find(rows, ARRAY_SIZE(rows), line.key, &next);
		if (row && row->a == MACHINE) {
			str_add(out, text.p, text.len);
			str_add(out, "\n", 1);
		} else {
			memory_line_add(out, &line,
					row ? memory_row_value(row, &in->memory)
					    : 0,
					HUGE_PAGES_AT);
		}
	}
}
