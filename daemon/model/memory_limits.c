/* SPDX-License-Identifier: Apache-2.0 */
/* Limits change rarely: they are kept for a moment. */
#include "memory_limits.h"

#include <errno.h>

#include "base.h"
#include "container.h"
#include "host_memory.h"
#include "hugetlb.h"
#include "memory.h"
#include "parse.h"

static int limit_read(struct cgroup *cg, unsigned level, const char *name,
		      uint64_t *ret)
{
	int r = memory_value_read(cg, level, name, ret);

	if (r != -ENOENT && r != -EINVAL)
		return r;

	*ret = NO_LIMIT;
	return 0;
}

static int levels_read(struct cgroup *cg, bool swap, struct memory_limits *l)
{
	const struct memory_files *files = memory_files(cg);
	int r = 0;

	l->levels = cgroup_levels(cg, CG_MEMORY);
	if (l->levels > LEVELS_KEPT)
		l->levels = LEVELS_KEPT;

	for (unsigned i = 0; i < l->levels && r == 0; i++) {
		l->swap_limit[i] = NO_LIMIT;
		r = limit_read(cg, i, files->limit, &l->limit[i]);
		if (r == 0 && swap)
			r = limit_read(cg, i, files->swap_limit,
				       &l->swap_limit[i]);
	}

	return r;
}

static int huge_read(struct cgroup *cg, const struct host_memory *host,
		     struct memory_limits *l)
{
	int r = 0;

	l->huge_limit = NO_LIMIT;
	l->huge_other_limit = NO_LIMIT;

	if (host->huge_total)
		r = hugetlb_limit_read(cg, host->huge_size, &l->huge_limit);
	if (r < 0 && r != -ENOENT)
		return r;

	r = 0;
	if (host->hugetlb > mul_cap(host->huge_total, host->huge_size))
		r = hugetlb_other_limit_read(cg, host->huge_size,
					     &l->huge_other_limit);

	return r == -ENOENT ? 0 : r;
}

int memory_limits_refresh(struct container *c, uint64_t now_ns,
			  const struct host_memory *host)
{
	struct memory_limits limits = { .when = now_ns };
	uint64_t when = c->memory_limits.when;
	int r;

	if (when && now_ns >= when && now_ns - when < LIMITS_FRESH_NS)
		return 0;

	r = levels_read(c->cgroup, host->swap_total > 0, &limits);
	if (r < 0)
		return r;
	r = huge_read(c->cgroup, host, &limits);
	if (r < 0)
		return r;

	c->memory_limits = limits;
	return 0;
}
