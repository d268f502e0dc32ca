/* SPDX-License-Identifier: Apache-2.0 */
/* One step of the accounting of cputime.h: a new copy of the state is made of
 * the current one, and becomes current when it is complete. */
#include <errno.h>
#include <string.h>

#include "base.h"
#include "cputime.h"
#include "cputime_share.h"

static unsigned current(const struct container_state *state)
{
	return atomic_load_explicit(&state->cputime_current,
				    memory_order_acquire) &
	       1;
}

const struct cputime_totals *cputime_totals(const struct container_state *state)
{
	return &state->totals[current(state)];
}

const struct cputime_cpu *cputime_cpus(const struct container_state *state)
{
	return state->cpu + (size_t)current(state) * state->cputime_cpus;
}

/* What the lines had before a step in which the set changes. */
struct before {
	uint64_t ticks[CPU_FIELDS]; /* sum as printed */
	uint64_t us[CPU_FIELDS];    /* sum of all slots; may run over, only
				     * differences are of interest */
};

static struct before look_back(const struct step *s)
{
	struct before b = { 0 };

	for (unsigned i = 0; i < s->n; i++) {
		const struct cputime_cpu *cpu = s->slots[i].cpu;

		for (int f = 0; f < CPU_FIELDS; f++) {
			b.us[f] += cpu->time[f];
			if (cpu->shown)
				b.ticks[f] += cpu->time[f] / USEC_PER_TICK;
		}
	}

	return b;
}

/* How many ticks of FIELD the shown lines lack: they have to add up to what was
 * printed before and what this step gave to all, also to those that go. */
static uint64_t missing(const struct step *s, const struct before *b, int field)
{
	uint64_t us = 0;
	uint64_t ticks = 0;

	for (unsigned i = 0; i < s->n; i++) {
		uint64_t time = s->slots[i].cpu->time[field];

		us += time;
		if (s->slots[i].shown)
			ticks += time / USEC_PER_TICK;
	}

	return sub_floor(b->ticks[field] + (us - b->us[field]) / USEC_PER_TICK,
			 ticks);
}

/* Give the shown lines AMOUNT in equal parts of whole ticks, so that the
 * printed sum grows by just that. Returns whether all lines are in bounds. */
static bool fold(struct step *s, int field, uint64_t amount)
{
	unsigned at = 0;

	for (unsigned i = 0; i < s->n; i++) {
		uint64_t *time = &s->slots[i].cpu->time[field];
		uint64_t ticks;

		if (!s->slots[i].shown)
			continue;
		ticks = amount / s->n_shown + (at++ < amount % s->n_shown);
		*time = add_cap(*time, mul_cap(ticks, USEC_PER_TICK));
		if (*time >= CPUTIME_LINE_MAX)
			return false;
	}

	return true;
}

/* The slots of this step, with room for its length. Returns whether the set of
 * shown CPUs is another than at the last step. */
static bool open_slots(struct step *s, const struct cputime_reading *r)
{
	uint64_t since = s->first ? r->start : s->totals->when;
	uint64_t dt = sub_floor(r->now, since);
	bool changed = false;

	for (unsigned i = 0; i < s->cpus; i++) {
		bool shown = cpus_has(r->shown, i);

		if (!shown && !s->cpu[i].shown)
			continue;
		changed |= shown != (s->cpu[i].shown != 0);
		s->n_shown += shown;
		s->room += dt;
		s->slots[s->n++] =
			(struct cpu_slot){ i, shown, &s->cpu[i], dt };
	}

	return changed && !s->first;
}

/* Note down what the next step is measured from. */
static void remember(struct step *s, const struct cputime_reading *r)
{
	const struct cpu_usage *u = r->usage;
	struct cputime_totals *t = s->totals;

	for (unsigned i = 0; i < s->n; i++)
		s->slots[i].cpu->shown = s->slots[i].shown;

	t->when = max_u64(max_u64(r->now, t->when), 1);
	if (s->first)
		memset(t->owed, 0, sizeof(t->owed));
	if (!u)
		return;

	t->known = 1;
	t->used = u->used;
	t->user = u->user;
	t->nice = u->nice;
	t->system = u->system;
	t->throttled = u->throttled;
	for (unsigned i = 0; u->cpu && i < s->cpus && i < u->n; i++) {
		s->cpu[i].real_user = u->cpu[i].user;
		s->cpu[i].real_system = u->cpu[i].system;
	}
}

/* Fill S's copy. Returns false when a line has grown beyond all bounds. */
static bool fill(struct step *s, const struct cputime_reading *r)
{
	bool changed = open_slots(s, r);
	struct cputime_reading share = *r;
	struct before b;

	if (s->n_shown == 0)
		return true;

	/* Counters that are seen for the first time are no difference. */
	if (!s->first && !s->totals->known)
		share.usage = NULL;

	if (changed)
		b = look_back(s);
	cputime_share(s, &share);
	for (int f = 0; changed && f < CPU_FIELDS; f++)
		if (!fold(s, f, missing(s, &b, f)))
			return false;

	remember(s, r);
	return true;
}

int cputime_step(struct container_state *state, const struct cputime_reading *r)
{
	unsigned next = current(state) ^ 1;
	unsigned cpus = state->cputime_cpus;
	autofree struct cpu_slot *slots = calloc(cpus + 1, sizeof(*slots));
	struct step s = {
		.cpu = state->cpu + (size_t)next * cpus,
		.cpus = cpus,
		.totals = &state->totals[next],
		.slots = slots,
	};
	struct step again = s;

	if (!slots)
		return -ENOMEM;

	memcpy(s.cpu, cputime_cpus(state), cpus * sizeof(*s.cpu));
	*s.totals = *cputime_totals(state);
	s.first = s.totals->when == 0;

	if (!fill(&s, r)) {
		memset(again.cpu, 0, cpus * sizeof(*again.cpu));
		*again.totals = (struct cputime_totals){ 0 };
		again.first = true;
		(void)fill(&again, r);
	}

	atomic_store_explicit(&state->cputime_current, next,
			      memory_order_release);
	return 0;
}
