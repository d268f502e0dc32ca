/* SPDX-License-Identifier: Apache-2.0 */
/* node/nodeN/meminfo: the host's lines with what the container has there.
 *
 * Format: drivers/base/node.c and mm/hugetlb.c. Each line is one of
 * /proc/meminfo behind "Node N ". */
#include "base.h"
#include "memory_lines.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* "Node 0 HugePages_Total: %5u" */
#define HUGE_PAGES_AT 17

/* In the kernel's order; a key that is missing here is 0. */
static const struct memory_row rows[] = {
	{ "MemTotal", MEMORY(total), NOTHING },
	{ "MemFree", MEMORY(free), NOTHING },
	{ "SwapCached", MEMORY(swap_cached), NOTHING },
	{ "Active", MEMORY(active_anon), MEMORY(active_file) },
	{ "Inactive", MEMORY(inactive_anon), MEMORY(inactive_file) },
	{ "Active(anon)", MEMORY(active_anon), NOTHING },
	{ "Inactive(anon)", MEMORY(inactive_anon), NOTHING },
	{ "Active(file)", MEMORY(active_file), NOTHING },
	{ "Inactive(file)", MEMORY(inactive_file), NOTHING },
	{ "Unevictable", MEMORY(unevictable), NOTHING },
	{ "Mlocked", MEMORY(mlocked), NOTHING },
	{ "Dirty", MEMORY(dirty), NOTHING },
	{ "Writeback", MEMORY(writeback), NOTHING },
	{ "FilePages", MEMORY(cached), NOTHING },
	{ "Mapped", MEMORY(mapped), NOTHING },
	{ "AnonPages", MEMORY(anon), NOTHING },
	{ "Shmem", MEMORY(shmem), NOTHING },
	{ "KernelStack", MEMORY(kernel_stack), NOTHING },
	{ "PageTables", MEMORY(page_tables), NOTHING },
	{ "SecPageTables", MEMORY(sec_page_tables), NOTHING },
	{ "KReclaimable", MEMORY(slab_reclaimable), NOTHING },
	{ "Slab", MEMORY(slab_reclaimable), MEMORY(slab_unreclaimable) },
	{ "SReclaimable", MEMORY(slab_reclaimable), NOTHING },
	{ "SUnreclaim", MEMORY(slab_unreclaimable), NOTHING },
	{ "AnonHugePages", MEMORY(anon_huge), NOTHING },
	{ "ShmemHugePages", MEMORY(shmem_huge), NOTHING },
	{ "FileHugePages", MEMORY(file_huge), NOTHING },
	{ "HugePages_Total", MEMORY(huge_total), NOTHING },
	{ "HugePages_Free", MEMORY(huge_free), NOTHING },
};

/* Take "Node N " off *LINE. */
static bool take_prefix(struct slice *line, struct slice *ret)
{
	struct slice rest = *line;
	struct slice word;

	if (!slice_word(&rest, &word) || !slice_is(word, "Node") ||
	    !slice_word(&rest, &word) || rest.len == 0)
		return false;

	*ret = (struct slice){ line->p, (size_t)(rest.p + 1 - line->p) };
	*line = (struct slice){ rest.p + 1, rest.len - 1 };
	return true;
}

static uint64_t value_of(const struct memory *m, struct slice key, size_t *next)
{
	const struct memory_row *row;

	if (slice_is(key, "MemUsed"))
		return m->total / 1024 - m->free / 1024;

	row = memory_row_find(rows, ARRAY_SIZE(rows), key, next);
	return row ? memory_row_value(row, m) : 0;
}

void node_meminfo_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_node));
	struct slice text;
	size_t next = 0;

	if (in->node_memory.host) {
		str_add(out, rest.p, rest.len);
		return;
	}

	while (slice_line(&rest, &text)) {
		struct slice prefix;
		struct memory_line line;

		if (!take_prefix(&text, &prefix) ||
		    !memory_line_parse(text, &line))
			continue;
		str_add(out, prefix.p, prefix.len);
		memory_line_add(out, &line,
				value_of(&in->node_memory, line.key, &next),
				HUGE_PAGES_AT);
	}
}
