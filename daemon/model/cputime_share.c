/* SPDX-License-Identifier: Apache-2.0 */
/* Where the time of one step goes: rules 1 to 4 of cputime.h. */
#include "cputime_share.h"
#include "base.h"
#include "cputime.h"

/* What steal may be owed per CPU when the quota has a shorter period. */
#define OWED_STEAL_MIN 100000 /* us */

/* Give AMOUNT, at most the room there is, to the slots: each in proportion to
 * its room. Shares are differences of a running sum, so that rounding neither
 * loses a us nor gives more than there is room. */
static void spread(struct step *s, enum cpu_field field, uint64_t amount)
{
	uint64_t room = 0;
	uint64_t given = 0;

	if (amount == 0)
		return;

	for (unsigned i = 0; i < s->n; i++) {
		struct cpu_slot *slot = &s->slots[i];
		uint64_t upto;

		room += slot->room;
		upto = mul_div(amount, room, s->room);
		slot->cpu->time[field] += upto - given;
		slot->room -= upto - given;
		given = upto;
	}
	s->room -= amount;
}

static void give(struct step *s, struct cpu_slot *slot, enum cpu_field field,
		 uint64_t amount)
{
	slot->cpu->time[field] += amount;
	slot->room -= amount;
	s->room -= amount;
}

/* How much more was used, exactly and as the kernel's finer counters see it. */
struct used {
	uint64_t user;
	uint64_t system;
	uint64_t by_user; /* the counters' growth, to which the above is cut */
	uint64_t by_system;
};

static struct used used_since(const struct cputime_totals *t,
			      const struct cpu_usage *u)
{
	uint64_t exact = sub_floor(u->used, t->used);
	struct used d = {
		.by_user = sub_floor(u->user, t->user),
		.by_system = sub_floor(u->system, t->system),
	};
	uint64_t user = d.by_user;
	uint64_t system = d.by_system;

	/* Too short for a tick: as it was so far, or all user. */
	if (user == 0 && system == 0) {
		user = max_u64(u->user, u->system == 0);
		system = u->system;
	}

	d.user = mul_div(exact, user, add_cap(user, system));
	d.system = exact - min_u64(d.user, exact);
	return d;
}

/* Rule 1. POOL has what was used in all, and loses what finds its place. */
static void take_own(struct step *s, const struct cpu_usage *u,
		     const struct used *d, uint64_t *pool)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct cpu_slot *slot = &s->slots[i];
		uint64_t user;
		uint64_t system;
		uint64_t fits;

		if (slot->id >= u->n)
			continue;
		user = sub_floor(u->cpu[slot->id].user, slot->cpu->real_user);
		system = sub_floor(u->cpu[slot->id].system,
				   slot->cpu->real_system);
		user = min_u64(mul_div(user, d->user, d->by_user),
			       pool[CPU_USER]);
		system = min_u64(mul_div(system, d->system, d->by_system),
				 pool[CPU_SYSTEM]);
		fits = min_u64(add_cap(user, system), slot->room);
		user = mul_div(user, fits, add_cap(user, system));

		give(s, slot, CPU_USER, user);
		give(s, slot, CPU_SYSTEM, fits - user);
		pool[CPU_USER] -= user;
		pool[CPU_SYSTEM] -= fits - user;
	}
}

/* Rule 2. When there is more than room, each field gets its part of it, and the
 * rest is owed. */
static void take_pool(struct step *s, const uint64_t *pool)
{
	static const enum cpu_field fields[] = { CPU_USER, CPU_NICE,
						 CPU_SYSTEM };
	uint64_t total = 0;
	uint64_t fits;
	uint64_t sum = 0;
	uint64_t given = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		total = add_cap(total, pool[fields[i]]);
	fits = min_u64(total, s->room);

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		enum cpu_field f = fields[i];
		uint64_t upto;

		sum = add_cap(sum, pool[f]);
		upto = mul_div(sum, fits, total);
		spread(s, f, upto - given);
		s->totals->owed[f] = sub_floor(pool[f], upto - given);
		given = upto;
	}
}

static void take_used(struct step *s, const struct cpu_usage *u)
{
	struct cputime_totals *t = s->totals;
	uint64_t pool[CPU_FIELDS] = { 0 };

	if (u) {
		struct used d = used_since(t, u);

		pool[CPU_USER] = d.user;
		pool[CPU_SYSTEM] = d.system;
		/* Nice is part of user, but not scaled with it by the kernel:
		 * it may be ahead. */
		pool[CPU_NICE] =
			min_u64(sub_floor(u->nice, t->nice), pool[CPU_USER]);
		pool[CPU_USER] -= pool[CPU_NICE];
		if (u->cpu)
			take_own(s, u, &d, pool);
	}

	for (int f = 0; f < CPU_FIELDS; f++)
		pool[f] = add_cap(pool[f], t->owed[f]);
	take_pool(s, pool);
}

/* Rules 3 and 4. */
static void take_rest(struct step *s, const struct cputime_reading *r)
{
	struct cputime_totals *t = s->totals;
	uint64_t steal = t->owed[CPU_STEAL];
	uint64_t most = s->n * max_u64(r->period, OWED_STEAL_MIN);
	uint64_t fits;

	if (r->usage)
		steal = add_cap(steal,
				sub_floor(r->usage->throttled, t->throttled));
	fits = min_u64(steal, s->room);
	spread(s, CPU_STEAL, fits);
	t->owed[CPU_STEAL] = min_u64(steal - fits, most);

	for (unsigned i = 0; i < s->n; i++)
		give(s, &s->slots[i], CPU_IDLE, s->slots[i].room);
}

void cputime_share(struct step *s, const struct cputime_reading *r)
{
	take_used(s, r->usage);
	take_rest(s, r);
}
