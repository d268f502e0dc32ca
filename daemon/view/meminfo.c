/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/meminfo: the host's lines with the container's numbers put in.
 *
 * Format: fs/proc/meminfo.c and mm/hugetlb.c. */
#include <string.h>

#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

#define NOTHING SIZE_MAX
#define MACHINE (SIZE_MAX - 1)
#define COLUMN  24

/* A line of ours: the sum of one or two fields of struct memory. */
struct row {
	const char *key;
	size_t a; /* MACHINE: a line about the machine, which all containers
		   * share: kept as it is */
	size_t b;
};

#define FIELD(name) offsetof(struct memory, name)

/* In the kernel's order, which makes the search short. What is not a
 * container's own, and a key that is missing here, is 0. */
static const struct row rows[] = {
	{ "MemTotal", FIELD(total), NOTHING },
	{ "MemFree", FIELD(free), NOTHING },
	{ "MemAvailable", FIELD(available), NOTHING },
	{ "Buffers", NOTHING, NOTHING },
	{ "Cached", FIELD(cached), NOTHING },
	{ "SwapCached", FIELD(swap_cached), NOTHING },
	{ "Active", FIELD(active_anon), FIELD(active_file) },
	{ "Inactive", FIELD(inactive_anon), FIELD(inactive_file) },
	{ "Active(anon)", FIELD(active_anon), NOTHING },
	{ "Inactive(anon)", FIELD(inactive_anon), NOTHING },
	{ "Active(file)", FIELD(active_file), NOTHING },
	{ "Inactive(file)", FIELD(inactive_file), NOTHING },
	{ "Unevictable", FIELD(unevictable), NOTHING },
	{ "Mlocked", FIELD(mlocked), NOTHING },
	{ "SwapTotal", FIELD(swap_total), NOTHING },
	{ "SwapFree", FIELD(swap_free), NOTHING },
	{ "Zswap", FIELD(zswap), NOTHING },
	{ "Zswapped", FIELD(zswapped), NOTHING },
	{ "Dirty", FIELD(dirty), NOTHING },
	{ "Writeback", FIELD(writeback), NOTHING },
	{ "AnonPages", FIELD(anon), NOTHING },
	{ "Mapped", FIELD(mapped), NOTHING },
	{ "Shmem", FIELD(shmem), NOTHING },
	{ "KReclaimable", FIELD(slab_reclaimable), NOTHING },
	{ "Slab", FIELD(slab_reclaimable), FIELD(slab_unreclaimable) },
	{ "SReclaimable", FIELD(slab_reclaimable), NOTHING },
	{ "SUnreclaim", FIELD(slab_unreclaimable), NOTHING },
	{ "KernelStack", FIELD(kernel_stack), NOTHING },
	{ "PageTables", FIELD(page_tables), NOTHING },
	{ "SecPageTables", FIELD(sec_page_tables), NOTHING },
	{ "NFS_Unstable", NOTHING, NOTHING },
	{ "Bounce", NOTHING, NOTHING },
	{ "WritebackTmp", NOTHING, NOTHING },
	{ "CommitLimit", FIELD(commit_limit), NOTHING },
	{ "Committed_AS", FIELD(committed), NOTHING },
	{ "VmallocTotal", MACHINE, NOTHING },
	{ "VmallocUsed", FIELD(vmalloc_used), NOTHING },
	{ "VmallocChunk", NOTHING, NOTHING },
	{ "Percpu", FIELD(percpu), NOTHING },
	{ "HardwareCorrupted", MACHINE, NOTHING },
	{ "AnonHugePages", FIELD(anon_huge), NOTHING },
	{ "ShmemHugePages", FIELD(shmem_huge), NOTHING },
	{ "ShmemPmdMapped", NOTHING, NOTHING },
	{ "FileHugePages", FIELD(file_huge), NOTHING },
	{ "FilePmdMapped", NOTHING, NOTHING },
	{ "CmaTotal", MACHINE, NOTHING },
	{ "CmaFree", NOTHING, NOTHING },
	{ "Unaccepted", NOTHING, NOTHING },
	{ "Balloon", NOTHING, NOTHING },
	{ "HugePages_Total", FIELD(huge_total), NOTHING },
	{ "HugePages_Free", FIELD(huge_free), NOTHING },
	{ "HugePages_Rsvd", NOTHING, NOTHING },
	{ "HugePages_Surp", NOTHING, NOTHING },
	{ "Hugepagesize", MACHINE, NOTHING },
	{ "Hugetlb", FIELD(huge_all), NOTHING },
	{ "DirectMap4k", MACHINE, NOTHING },
	{ "DirectMap64k", MACHINE, NOTHING },
	{ "DirectMap1M", MACHINE, NOTHING },
	{ "DirectMap2M", MACHINE, NOTHING },
	{ "DirectMap4M", MACHINE, NOTHING },
	{ "DirectMap1G", MACHINE, NOTHING },
	{ "DirectMap2G", MACHINE, NOTHING },
};

/* Of a host that nobody limits, only swap can be hidden. */
static const struct row no_swap_rows[] = {
	{ "SwapCached", FIELD(swap_cached), NOTHING },
	{ "SwapTotal", FIELD(swap_total), NOTHING },
	{ "SwapFree", FIELD(swap_free), NOTHING },
};

/* "Key:   123 kB" taken apart. */
struct line {
	struct slice text;
	struct slice key;
	size_t number; /* where it begins, and ends, in the text */
	size_t end;
};

static bool line_parse(struct slice text, struct line *ret)
{
	struct slice rest = text;
	const char *end = text.p + text.len;
	const char *p;

	if (!slice_until(&rest, ':', &ret->key) || ret->key.len == 0)
		return false;

	for (p = rest.p; p < end && *p == ' ';)
		p++;
	ret->text = text;
	ret->number = (size_t)(p - text.p);
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	ret->end = (size_t)(p - text.p);
	return ret->end > ret->number && (p == end || *p == ' ');
}

static uint64_t field(const struct memory *m, size_t offset)
{
	uint64_t value;

	if (offset == NOTHING)
		return 0;

	memcpy(&value, (const char *)m + offset, sizeof(value));
	return value;
}

/* Each addend is rounded by itself: Slab is the sum of the lines below it. */
static uint64_t row_value(const struct row *row, const struct memory *m)
{
	if (row->a == FIELD(huge_total) || row->a == FIELD(huge_free))
		return field(m, row->a);

	return field(m, row->a) / 1024 + field(m, row->b) / 1024;
}

/* The line with another number in it: right-aligned to the column where the
 * kernel ends all numbers that are not too long for it. */
static void line_add(struct str *out, const struct line *line, uint64_t value)
{
	/* "%-16s%8lu kB", but mm/hugetlb.c: "HugePages_Total:   %5lu" */
	size_t start = line->text.len == line->end ? 19 : 16;
	size_t key = line->key.len + 1;
	size_t rest = line->text.len - line->end;
	char digits[U64_DIGITS];
	size_t first = u64_digits(value, digits);
	size_t at;
	char *to;

	at = max_u64(start, key + 1);
	at = max_u64(at, sub_floor(COLUMN, sizeof(digits) - first));
	to = str_reserve(out, at + sizeof(digits) + rest + 1);
	if (!to)
		return;

	memcpy(to, line->text.p, key);
	memset(to + key, ' ', at - key);
	memcpy(to + at, digits + first, sizeof(digits) - first);
	at += sizeof(digits) - first;
	memcpy(to + at, line->text.p + line->end, rest);
	at += rest;
	to[at++] = '\n';
	to[at] = '\0';
	out->len += at;
}

/* Search from *NEXT on and around: lines come in the order of the rows. */
static const struct row *row_find(const struct row *all, size_t n,
				  struct slice key, size_t *next)
{
	size_t at = *next;

	for (size_t i = 0; i < n; i++, at++) {
		if (at >= n)
			at = 0;
		if (*all[at].key == *key.p && slice_is(key, all[at].key)) {
			*next = at + 1;
			return &all[at];
		}
	}

	return NULL;
}

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
		const struct row *row = NULL;
		struct line line;

		if (line_parse(text, &line))
			row = row_find(no_swap_rows, ARRAY_SIZE(no_swap_rows),
				       line.key, &next);
		if (row) {
			line_add(out, &line, row_value(row, &in->memory));
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
		const struct row *row;
		struct line line;

		if (!line_parse(text, &line))
			continue;

		row = row_find(rows, ARRAY_SIZE(rows), line.key, &next);
		if (row && row->a == MACHINE) {
			str_add(out, text.p, text.len);
			str_add(out, "\n", 1);
		} else {
			line_add(out, &line,
				 row ? row_value(row, &in->memory) : 0);
		}
	}
}
