/* SPDX-License-Identifier: Apache-2.0 */
/* Swap and huge pages of a container, and how single values are read. */
#include "memory_reading.h"

#include <errno.h>

#include "base.h"
#include "container.h"
#include "hugetlb.h"
#include "memory.h"
#include "memory_make.h"
#include "parse.h"

bool reading_missing(int r)
{
	return r == -ENOENT || r == -EINVAL;
}

int reading_value(struct cgroup *cg, unsigned level, const char *name,
		  uint64_t *ret)
{
	int r = memory_value_read(cg, level, name, ret);

	if (!reading_missing(r))
		return r;

	*ret = 0;
	return 0;
}

/* The swap of one level: v1 limits memory and swap together. */
static uint64_t swap_limit(const struct reading *rd, unsigned level)
{
	const struct memory_limits *l = &rd->c->memory_limits;
	uint64_t limit = l->swap_limit[level];
	uint64_t memory = l->limit[level];

	if (!rd->files->swap_limit_is_sum)
		return limit;
	if (limit >= add_cap(rd->raw->host.total, rd->raw->host.swap_total))
		return NO_LIMIT;

	return memory == NO_LIMIT ? limit : sub_floor(limit, memory);
}

int reading_swap(struct reading *rd)
{
	struct memory_raw *raw = rd->raw;
	unsigned levels = rd->c->memory_limits.levels;

	raw->swap_used = raw->stat.swap;
	if (raw->no_swap || raw->host.swap_total == 0)
		return 0;

	for (unsigned i = 0; i < levels; i++)
		raw->swap_limit = min_u64(raw->swap_limit, swap_limit(rd, i));
	if (!rd->files->swap_usage)
		return 0;

	return reading_value(rd->c->cgroup, rd->own, rd->files->swap_usage,
			     &raw->swap_used);
}

int reading_huge(struct reading *rd)
{
	struct memory_raw *raw = rd->raw;
	int r;

	raw->huge_limit = rd->c->memory_limits.huge_limit;
	raw->huge_other_limit = rd->c->memory_limits.huge_other_limit;
	if (raw->host.huge_total == 0)
		return 0;

	r = hugetlb_usage_read(rd->c->cgroup, raw->host.huge_size,
			       &raw->huge_used);
	return reading_missing(r) || r == -ERANGE ? 0 : r;
}
