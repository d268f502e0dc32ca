/* SPDX-License-Identifier: Apache-2.0 */
/* CPU time of a container's own cgroup, whichever version counts it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base.h"
#include "cgroup.h"
#include "cpu.h"
#include "cpu_own.h"
#include "file.h"
#include "parse.h"
#include "str.h"

void cpu_usage_free(struct cpu_usage *usage)
{
	free(usage->cpu);
	*usage = (struct cpu_usage){ 0 };
}

int cpu_own_read(struct cgroup *cg, enum controller c, const char *name,
		 struct str *out)
{
	autoclose int fd = -1;

	if (cgroup_levels(cg, c) > 0)
		return cgroup_read(cg, c, 0, name, out);

	fd = cgroup_open_file(cg, c, name);
	return fd < 0 ? fd : file_pread_once(fd, out);
}

/* Throttled time from file NAME, or *RET as it was. Returns 0 when the file has
 * it, -ENODATA or -errno. */
static int throttled_read(struct cgroup *cg, const char *name, uint64_t *ret)
{
	autostr struct str text = { 0 };
	uint64_t value = 0;
	bool v2 = cgroup_is_v2(cg, CG_CPU);
	const struct key key = { v2 ? "throttled_usec" : "throttled_time",
				 &value };
	int r = cpu_own_read(cg, CG_CPU, name, &text);

	if (r < 0)
		return r;
	if (parse_keys(str_text(&text), &key, 1) == 0)
		return -ENODATA;

	*ret = v2 ? value : value / NSEC_PER_USEC;
	return 0;
}

/* What has no quota at any level was never throttled, so that all of this may
 * fail: then it stays 0, or what v2's cpu.stat said. */
static void throttled_add(struct cgroup *cg, struct cpu_absent *absent,
			  struct cpu_usage *u)
{
	if (!absent->stat_local) {
		if (throttled_read(cg, "cpu.stat.local", &u->throttled) == 0)
			return;
		absent->stat_local = true;
	}

	if (!cgroup_is_v2(cg, CG_CPUACCT) || !cgroup_is_v2(cg, CG_CPU))
		(void)throttled_read(cg, "cpu.stat", &u->throttled);
}

int cpu_usage_read(struct cgroup *cg, struct cpu_absent *absent,
		   struct cpu_usage *ret)
{
	struct cpu_usage u = { 0 };
	int r = cgroup_is_v2(cg, CG_CPUACCT)
			? cpu_v2_usage_read(cg, &u)
			: cpu_v1_usage_read(cg, absent, &u);

	if (r < 0)
		return r;

	/* v2's user and system are scaled to the exact figure already
	 * (cputime_adjust() in kernel/sched/cputime.c). */
	if (cgroup_is_v2(cg, CG_CPUACCT) || cpu_used_read(cg, &u.used) < 0)
		u.used = add_cap(u.user, u.system);
	throttled_add(cg, absent, &u);
	*ret = u;
	return 0;
}

int cpu_used_read(struct cgroup *cg, uint64_t *ret)
{
	return cgroup_is_v2(cg, CG_CPUACCT) ? cpu_v2_used_read(cg, ret)
					    : cpu_v1_used_read(cg, ret);
}
