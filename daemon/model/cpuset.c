/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPUs the container shows: the one answer for every file. */
#include <errno.h>
#include <string.h>

#include "base.h"
#include "container.h"
#include "gather.h"
#include "parse.h"

/* How many CPUs the quotas of all levels pay for, or CPUS_MAX without one. */
static unsigned quota_cpus(struct container *c, uint64_t *period)
{
	uint64_t n = CPUS_MAX;

	*period = 0;
	for (unsigned i = 0; i < cgroup_levels(c->cgroup, CG_CPU); i++) {
		struct cpu_quota q;

		/* A level without the file, or gone: it limits nothing. */
		if (cpu_quota_read(c->cgroup, i, &q) < 0 || q.quota == NO_LIMIT)
			continue;
		n = min_u64(n, q.quota / q.period + (q.quota % q.period != 0));
		*period = max_u64(*period, q.period);
	}

	return (unsigned)max_u64(n, 1);
}

/* What the container may run on of what is there; never empty. */
static struct cpus effective(struct container *c, const struct cpus *online)
{
	struct cpus set;
	struct cpus both;

	if (cpu_effective_read(c->cgroup, &set) < 0)
		return *online;

	both = cpus_and(&set, online);
	return cpus_count(&both) ? both : *online;
}

/* The sets are kept only as far as there are CPUs: of a struct cpus most would
 * be zero. */
#define SETS 4

static void each_set(struct cpu_sets *s, struct cpus *ret[SETS])
{
	ret[0] = &s->shown;
	ret[1] = &s->present;
	ret[2] = &s->possible;
	ret[3] = &s->online;
}

static unsigned words_of(struct cpus *const sets[SETS])
{
	unsigned n = CPUS_MAX / 64;
	uint64_t any = 0;

	while (n > 1 && !any) {
		n--;
		for (int i = 0; i < SETS; i++)
			any |= sets[i]->bits[n];
	}

	return n + 1;
}

static int sets_keep(struct cpu_limits *l, struct cpu_sets *s)
{
	struct cpus *sets[SETS];
	unsigned words;

	each_set(s, sets);
	words = words_of(sets);
	if (words > l->words) {
		uint64_t *more = reallocarray(l->sets, (size_t)words * SETS,
					      sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->sets = more;
	}

	l->words = words;
	for (size_t i = 0; i < SETS; i++)
		memcpy(l->sets + i * words, sets[i]->bits,
		       words * sizeof(*l->sets));
	return 0;
}

static void sets_get(const struct cpu_limits *l, struct cpu_sets *ret)
{
	struct cpus *sets[SETS];

	*ret = (struct cpu_sets){ 0 };
	each_set(ret, sets);
	for (size_t i = 0; i < SETS; i++)
		memcpy(sets[i]->bits, l->sets + i * l->words,
		       l->words * sizeof(*l->sets));
}

static int limits_read(struct container *c, uint64_t now_ns)
{
	struct cpu_limits *l = &c->cpu_limits;
	struct cpu_sets sets = { 0 };
	struct cpu_sets *s = &sets;
	unsigned n = quota_cpus(c, &l->period);

	/* A machine that does not say so has one CPU, and all it has online. */
	if (host_read_set(c->host, HOST_CPU_ONLINE, now_ns, &s->online) < 0 ||
	    cpus_count(&s->online) == 0)
		cpus_add(&s->online, 0);
	if (host_read_set(c->host, HOST_CPU_PRESENT, now_ns, &s->present) < 0)
		s->present = s->online;
	if (host_read_set(c->host, HOST_CPU_POSSIBLE, now_ns, &s->possible) < 0)
		s->possible = s->present;

	s->shown = effective(c, &s->online);
	if (c->info.cpu == CPU_QUOTA)
		s->shown = cpus_first(&s->shown, n);

	l->absent = (struct cpu_absent){ 0 };
	l->when = now_ns;
	return sets_keep(l, s);
}

int cpus_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	const struct cpu_limits *l = &c->cpu_limits;
	int r = 0;

	/* When the cgroup is going away, what was read last stays true. */
	if (l->when == 0 ||
	    (now_ns - l->when >= LIMITS_FRESH_NS && cgroup_alive(c->cgroup)))
		r = limits_read(c, now_ns);
	if (!l->sets)
		return r;

	sets_get(l, &s->cpus);
	return 0;
}
