/* SPDX-License-Identifier: Apache-2.0 */
/* What a container has of one NUMA node's memory.
 *
 * Limits are of all nodes together. Of a node there is as much as it has, and
 * at most the limit; free is what the container has not used of that there, and
 * at most what it has free in all. Where only one node has memory, everything
 * is on it: what /proc/meminfo says. */
#include <errno.h>

#include "base.h"
#include "cgroup.h"
#include "container.h"
#include "gather.h"
#include "memory.h"
#include "memory_make.h"
#include "parse.h"

/* The host's lines of a node that bound what a container has of it. */
struct node_lines {
	uint64_t total; /* bytes */
	uint64_t free;
	uint64_t mlocked;
	uint64_t huge_total; /* pages */
	uint64_t huge_free;
};

/* Lines are as in /proc/meminfo behind "Node N ". */
static struct node_lines lines_parse(const char *text)
{
	struct node_lines n = { 0 };
	const struct key keys[] = {
		{ "MemTotal:", &n.total },
		{ "MemFree:", &n.free },
		{ "Mlocked:", &n.mlocked },
		{ "HugePages_Total:", &n.huge_total },
		{ "HugePages_Free:", &n.huge_free },
	};
	struct slice rest = slice_of(text);
	struct slice line;

	while (slice_line(&rest, &line)) {
		struct slice word = { "", 0 };

		for (int i = 0; i < 3 && slice_word(&line, &word);)
			i++;
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (slice_is(word, keys[i].name))
				(void)slice_next_u64(&line, keys[i].value);
	}

	n.total = mul_cap(n.total, 1024);
	n.free = mul_cap(n.free, 1024);
	n.mlocked = mul_cap(n.mlocked, 1024);
	return n;
}

/* The container's usage by node, or the last that could be read. What nobody
 * counts is not used. */
static const char *usage_text(struct container *c)
{
	struct str *kept = &c->numa_kept.stat;
	struct str text = { 0 };
	int r = cgroup_read_nearest(c->cgroup, CG_MEMORY, "memory.numa_stat",
				    &text);

	if (r < 0 && r != -ENOENT) {
		str_free(&text);
	} else {
		str_free(kept);
		*kept = text;
	}

	return str_text(kept);
}

static int node_make(struct container *c, const struct node_lines *n,
		     struct snapshot *s)
{
	const struct memory *all = &s->memory;
	struct memory_raw raw = {
		.swap_limit = NO_LIMIT,
		.host.total = min_u64(n->total, all->total),
		.host.mlocked = n->mlocked,
	};
	uint64_t used;
	int r = memory_numa_parse(memory_files(c->cgroup), usage_text(c),
				  s->star.number, &raw.stat, &used);

	if (r < 0)
		return r;

	raw.host.free = min_u64(sub_floor(raw.host.total, used), all->free);
	if (!all->limited)
		raw.host.free = min_u64(raw.host.free, n->free);
	memory_make(&raw, &s->node_memory);
	s->node_memory.swap_cached =
		min_u64(raw.stat.swap_cached, all->swap_cached);
	return 0;
}

int node_memory_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	struct node_lines n = lines_parse(str_text(&s->host_node));
	struct memory *m = &s->node_memory;
	int r = 0;

	(void)now_ns;
	*m = (struct memory){ 0 };
	if (!cpus_has(&s->numa.mems, s->star.number) || n.total == 0)
		return 0;

	if (cpus_count(&s->numa.memory) == 1 || s->memory.host)
		*m = s->memory;
	else
		r = node_make(c, &n, s);
	m->huge_total = min_u64(n.huge_total, s->memory.huge_total);
	m->huge_free = min_u64(min_u64(n.huge_free, s->memory.huge_free),
			       m->huge_total);

	return r;
}
