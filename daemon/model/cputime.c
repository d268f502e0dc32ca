/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of /proc/stat: read what was used, make a step, show the result. */
#include "cputime.h"

#include <errno.h>

#include "base.h"
#include "container.h"
#include "gather.h"

static int lines_reserve(struct cputime *t, size_t n)
{
	struct cpu_line *more;

	if (n <= t->cap)
		return 0;

	more = realloc(t->lines, n * sizeof(*more));
	if (!more)
		return -ENOMEM;
	t->lines = more;
	t->cap = n;
	return 0;
}

static int lines_show(const struct container_state *state,
		      const struct cpus *shown, struct cputime *ret)
{
	const struct cputime_cpu *cpu = cputime_cpus(state);
	int r = lines_reserve(ret, cpus_count(shown));

	if (r < 0)
		return r;

	ret->n = 0;
	for (unsigned i = cpus_next(shown, 0); i < state->cputime_cpus;
	     i = cpus_next(shown, i + 1)) {
		struct cpu_line *line = &ret->lines[ret->n++];

		line->cpu = i;
		for (int f = 0; f < CPU_FIELDS; f++)
			line->time[f] = cpu[i].time[f];
	}

	return 0;
}

int cputime_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	autousage struct cpu_usage usage = { 0 };
	struct cputime_reading reading = {
		.now = now_ns / NSEC_PER_USEC,
		.start = c->info.start_ns / NSEC_PER_USEC,
		.period = c->cpu_limits.period,
		.shown = &s->cpus.shown,
	};
	int r;

	if (cpu_usage_read(c->cgroup, &c->cpu_limits.absent, &usage) == 0)
		reading.usage = &usage;

	r = cputime_step(c->state, &reading);
	if (r < 0)
		return r;

	return lines_show(c->state, &s->cpus.shown, &s->cputime);
}
