/* SPDX-License-Identifier: Apache-2.0 */
/* Quota and cpuset of a cgroup, v1 and v2. */
#include "cpu.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base.h"
#include "cgroup.h"
#include "parse.h"
#include "str.h"

/* The kernel's default, should the file leave it out. */
#define PERIOD_DEFAULT 100000

static struct slice first_line(const char *text)
{
	struct slice rest = slice_of(text);
	struct slice line = { text, 0 };

	(void)slice_line(&rest, &line);
	return line;
}

int cpu_max_parse(const char *text, struct cpu_quota *ret)
{
	struct cpu_quota q = { .period = PERIOD_DEFAULT };
	struct slice rest = first_line(text);
	struct slice word;
	int r;

	if (!slice_word(&rest, &word))
		return -EINVAL;
	if (slice_is(word, "max"))
		q.quota = NO_LIMIT;
	else if (slice_u64(word, &q.quota) < 0)
		return -EINVAL;

	r = slice_next_u64(&rest, &q.period);
	if ((r < 0 && r != -ENODATA) || q.period == 0)
		return -EINVAL;

	*ret = q;
	return 0;
}

int cpu_cfs_parse(const char *quota, const char *period, struct cpu_quota *ret)
{
	struct cpu_quota q;
	struct slice line = first_line(quota);

	if (slice_is(line, "-1"))
		q.quota = NO_LIMIT;
	else if (slice_u64(line, &q.quota) < 0)
		return -EINVAL;
	if (slice_u64(first_line(period), &q.period) < 0 || q.period == 0)
		return -EINVAL;

	*ret = q;
	return 0;
}

int cpu_quota_read(struct cgroup *cg, unsigned level, struct cpu_quota *ret)
{
	autostr struct str quota = { 0 };
	autostr struct str period = { 0 };
	int r;

	if (cgroup_is_v2(cg, CG_CPU)) {
		r = cgroup_read(cg, CG_CPU, level, "cpu.max", &quota);
		return r < 0 ? r : cpu_max_parse(str_text(&quota), ret);
	}

	r = cgroup_read(cg, CG_CPU, level, "cpu.cfs_quota_us", &quota);
	if (r < 0)
		return r;
	r = cgroup_read(cg, CG_CPU, level, "cpu.cfs_period_us", &period);
	if (r < 0)
		return r;

	return cpu_cfs_parse(str_text(&quota), str_text(&period), ret);
}

/* Returns 0, or -errno; -ENOENT also for an empty or a nonsensical set. */
static int set_read(struct cgroup *cg, unsigned level, const char *name,
		    struct cpus *ret)
{
	autostr struct str text = { 0 };
	struct cpus set;
	int r = cgroup_read(cg, CG_CPUSET, level, name, &text);

	if (r < 0)
		return r;
	if (cpus_parse(str_text(&text), &set) < 0 || cpus_count(&set) == 0)
		return -ENOENT;

	*ret = set;
	return 0;
}

/* NAMES that the version has, the best first; NULL ends them. */
static int nearest_read(struct cgroup *cg, const char *const *names,
			struct cpus *ret)
{
	int r = -ENOENT;

	for (unsigned i = 0; i < cgroup_levels(cg, CG_CPUSET); i++)
		for (size_t n = 0; names[n]; n++) {
			r = set_read(cg, i, names[n], ret);
			if (r != -ENOENT)
				return r;
		}

	return r;
}

int cpu_effective_read(struct cgroup *cg, struct cpus *ret)
{
	static const char *const v1[] = { "cpuset.effective_cpus",
					  "cpuset.cpus", NULL };
	static const char *const v2[] = { "cpuset.cpus.effective", NULL };

	return nearest_read(cg, cgroup_is_v2(cg, CG_CPUSET) ? v2 : v1, ret);
}

int cpu_mems_read(struct cgroup *cg, struct cpus *ret)
{
	static const char *const v1[] = { "cpuset.effective_mems",
					  "cpuset.mems", NULL };
	static const char *const v2[] = { "cpuset.mems.effective", NULL };

	return nearest_read(cg, cgroup_is_v2(cg, CG_CPUSET) ? v2 : v1, ret);
}
