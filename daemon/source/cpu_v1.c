/* SPDX-License-Identifier: Apache-2.0 */
/* CPU time as cgroup v1 counts it: the cpuacct controller, for each CPU. */
#include <errno.h>
#include <stdlib.h>

#include "base.h"
#include "cgroup.h"
#include "cpu.h"
#include "cpu_own.h"
#include "parse.h"
#include "str.h"

#define STAT_TICK 10000 /* us; USER_HZ = 100 */

static int cpu_at(struct cpu_usage *u, uint64_t id, struct cpu_time **ret)
{
	struct cpu_time *more;
	unsigned n;

	if (id >= CPUS_MAX)
		return -EINVAL;
	if (id >= u->n) {
		/* Ids come in order: grow by doubling, clear what is new. */
		n = (unsigned)max_u64(2 * id, 16);
		more = realloc(u->cpu, n * sizeof(*more));
		if (!more)
			return -ENOMEM;
		for (unsigned i = u->n; i < n; i++)
			more[i] = (struct cpu_time){ 0 };
		u->cpu = more;
		u->n = n;
	}

	*ret = &u->cpu[id];
	return 0;
}

/* Totals of the rounded figures: then what a CPU gained is never more than what
 * all gained. */
static void sum_up(struct cpu_usage *u)
{
	u->user = 0;
	u->system = 0;
	for (unsigned i = 0; i < u->n; i++) {
		u->user = add_cap(u->user, u->cpu[i].user);
		u->system = add_cap(u->system, u->cpu[i].system);
	}
}

static int row_parse(struct slice line, struct cpu_usage *u)
{
	struct cpu_time *t;
	uint64_t id;
	uint64_t user;
	uint64_t system;
	int r;

	if (slice_next_u64(&line, &id) < 0 ||
	    slice_next_u64(&line, &user) < 0 ||
	    slice_next_u64(&line, &system) < 0)
		return -EINVAL;

	r = cpu_at(u, id, &t);
	if (r < 0)
		return r;

	t->user = user / NSEC_PER_USEC;
	t->system = system / NSEC_PER_USEC;
	return 0;
}

int cpu_usage_all_parse(const char *text, struct cpu_usage *ret)
{
	autousage struct cpu_usage u = { 0 };
	struct slice rest = slice_of(text);
	struct slice line;

	/* The names of the columns. */
	if (!slice_line(&rest, &line))
		return -EINVAL;

	while (slice_line(&rest, &line)) {
		int r = row_parse(line, &u);

		if (r < 0)
			return r;
	}
	if (!u.cpu)
		return -EINVAL;

	sum_up(&u);
	*ret = u;
	u.cpu = NULL;
	return 0;
}

int cpu_usage_percpu_parse(const char *user, const char *system,
			   struct cpu_usage *ret)
{
	autousage struct cpu_usage u = { 0 };
	struct slice users = slice_of(user);
	struct slice systems = slice_of(system);
	struct slice user_line;
	struct slice system_line;
	struct cpu_time t;

	if (!slice_line(&users, &user_line) ||
	    !slice_line(&systems, &system_line))
		return -EINVAL;

	for (uint64_t id = 0; slice_next_u64(&user_line, &t.user) == 0; id++) {
		struct cpu_time *at;
		int r = slice_next_u64(&system_line, &t.system);

		if (r < 0)
			return -EINVAL;
		r = cpu_at(&u, id, &at);
		if (r < 0)
			return r;
		at->user = t.user / NSEC_PER_USEC;
		at->system = t.system / NSEC_PER_USEC;
	}
	if (!u.cpu)
		return -EINVAL;

	sum_up(&u);
	*ret = u;
	u.cpu = NULL;
	return 0;
}

static int all_read(struct cgroup *cg, struct cpu_usage *ret)
{
	autostr struct str text = { 0 };
	int r = cpu_own_read(cg, CG_CPUACCT, "cpuacct.usage_all", &text);

	return r < 0 ? r : cpu_usage_all_parse(str_text(&text), ret);
}

static int percpu_read(struct cgroup *cg, struct cpu_usage *ret)
{
	autostr struct str user = { 0 };
	autostr struct str system = { 0 };
	int r;

	r = cpu_own_read(cg, CG_CPUACCT, "cpuacct.usage_percpu_user", &user);
	if (r < 0)
		return r;
	r = cpu_own_read(cg, CG_CPUACCT, "cpuacct.usage_percpu_sys", &system);
	if (r < 0)
		return r;

	return cpu_usage_percpu_parse(str_text(&user), str_text(&system), ret);
}

static int totals_read(struct cgroup *cg, struct cpu_usage *ret)
{
	autostr struct str text = { 0 };
	struct cpu_usage u = { 0 };
	const struct key keys[] = {
		{ "user", &u.user },
		{ "system", &u.system },
	};
	int r = cpu_own_read(cg, CG_CPUACCT, "cpuacct.stat", &text);

	if (r < 0)
		return r;
	if (parse_keys(str_text(&text), keys, ARRAY_SIZE(keys)) == 0)
		return -EINVAL;

	u.user = mul_cap(u.user, STAT_TICK);
	u.system = mul_cap(u.system, STAT_TICK);
	*ret = u;
	return 0;
}

int cpu_v1_usage_read(struct cgroup *cg, struct cpu_absent *absent,
		      struct cpu_usage *ret)
{
	int r;

	if (!absent->usage_all) {
		r = all_read(cg, ret);
		if (r == 0 || r == -ENODEV || r == -ENOMEM)
			return r;
		absent->usage_all = true;
	}
	if (!absent->usage_percpu) {
		r = percpu_read(cg, ret);
		if (r == 0 || r == -ENODEV || r == -ENOMEM)
			return r;
		absent->usage_percpu = true;
	}

	return totals_read(cg, ret);
}

int cpu_v1_used_read(struct cgroup *cg, uint64_t *ret)
{
	autostr struct str text = { 0 };
	uint64_t used = 0;
	int r = cpu_own_read(cg, CG_CPUACCT, "cpuacct.usage", &text);

	if (r == 0)
		r = parse_limit(str_text(&text), &used);
	if (r < 0)
		return r;

	*ret = used / NSEC_PER_USEC;
	return 0;
}
