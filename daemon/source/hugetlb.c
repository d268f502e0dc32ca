/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the hugetlb controller: hugetlb.2MB.max and the like. */
#include "hugetlb.h"

#include <errno.h>
#include <stdio.h>

#include "base.h"
#include "cgroup.h"
#include "parse.h"

#define NAME_SIZE 64

/* Every size some architecture has (HUGE_MAX_HSTATE, arch/.../hugetlb*). */
static const uint64_t sizes[] = {
	16ULL << 10,  64ULL << 10, 512ULL << 10, 1ULL << 20,  2ULL << 20,
	4ULL << 20,   8ULL << 20,  16ULL << 20,  32ULL << 20, 256ULL << 20,
	512ULL << 20, 1ULL << 30,  2ULL << 30,   16ULL << 30,
};

/* As mem_fmt() of mm/hugetlb_cgroup.c writes a size. */
static void name_make(char *name, uint64_t size, const char *file)
{
	static const struct {
		unsigned shift;
		const char *unit;
	} units[] = { { 30, "GB" }, { 20, "MB" }, { 10, "KB" } };
	size_t i = 0;

	while (i < ARRAY_SIZE(units) - 1 && size < 1ULL << units[i].shift)
		i++;

	(void)snprintf(name, NAME_SIZE, "hugetlb.%llu%s.%s",
		       (unsigned long long)(size >> units[i].shift),
		       units[i].unit, file);
}

int hugetlb_limit_read(struct cgroup *cg, uint64_t size, uint64_t *ret)
{
	bool v2 = cgroup_is_v2(cg, CG_HUGETLB);
	char name[NAME_SIZE];
	uint64_t least = NO_LIMIT;
	bool found = false;

	name_make(name, size, v2 ? "max" : "limit_in_bytes");
	for (unsigned i = 0; i < cgroup_levels(cg, CG_HUGETLB); i++) {
		uint64_t limit = NO_LIMIT;
		int r = cgroup_read_limit(cg, CG_HUGETLB, i, name, &limit);

		if (r == -ENOENT)
			continue;
		if (r < 0 && r != -EINVAL && r != -ERANGE)
			return r;
		found = true;
		least = min_u64(least, limit);
	}
	if (!found)
		return -ENOENT;

	*ret = least;
	return 0;
}

int hugetlb_other_limit_read(struct cgroup *cg, uint64_t size, uint64_t *ret)
{
	uint64_t sum = 0;
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t limit;
		int r;

		if (sizes[i] == size)
			continue;
		r = hugetlb_limit_read(cg, sizes[i], &limit);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		found = true;
		sum = add_cap(sum, limit);
	}
	if (!found)
		return -ENOENT;

	*ret = sum;
	return 0;
}

int hugetlb_usage_read(struct cgroup *cg, uint64_t size, uint64_t *ret)
{
	bool v2 = cgroup_is_v2(cg, CG_HUGETLB);
	char name[NAME_SIZE];
	int r = -ENOENT;

	name_make(name, size, v2 ? "current" : "usage_in_bytes");
	for (unsigned i = 0; i < cgroup_levels(cg, CG_HUGETLB) && r == -ENOENT;
	     i++)
		r = cgroup_read_limit(cg, CG_HUGETLB, i, name, ret);

	return r;
}
