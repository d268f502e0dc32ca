/* SPDX-License-Identifier: Apache-2.0 */
/* Load averages, kept in shared memory and moved on tick by tick. */
#include "load.h"

#include <errno.h>

#include "container.h"
#include "gather.h"
#include "tasks.h"

#define FIXED_1 (UINT64_C(1) << LOAD_SHIFT)

/* 1/exp(5s/1min), /5min, /15min, include/linux/sched/loadavg.h. */
static const uint64_t decay[3] = { 1884, 2014, 2037 };

/* After 4 hours all three have long been at their goal. */
#define TICKS_MAX 3000

/* calc_load(): round up on the way up, so that it gets there. */
static uint64_t calc_load(uint64_t load, uint64_t exp, uint64_t active)
{
	uint64_t next = load * exp + active * (FIXED_1 - exp);

	if (active >= load)
		next += FIXED_1 - 1;

	return next / FIXED_1;
}

void load_step(uint64_t *avg, uint64_t active, uint64_t ticks)
{
	uint64_t fixed = active * FIXED_1;
	uint64_t n = min_u64(ticks, TICKS_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(decay); i++)
		for (uint64_t k = 0; k < n; k++)
			avg[i] = calc_load(avg[i], decay[i], fixed);
}

static const struct load_copy *last(const struct container *c)
{
	const struct load_state *st = &c->state->load;

	return &st->copy[atomic_load_explicit(&st->current,
					      memory_order_acquire) &
			 1];
}

/* Bring COPY's count of active threads up to date. Returns 0, or -errno when
 * there is nobody to count. */
static int look(struct container *c, uint64_t when_ns, struct load_copy *copy)
{
	uint64_t used = 0;
	int r = cpu_used_read(c->cgroup, &used);
	bool moved = r < 0 || used != copy->used || copy->tick == 0;

	if (r == -ENODEV)
		return r;
	if (r == 0)
		copy->used = used;
	if (moved || copy->active)
		return tasks_sample(c, when_ns, &copy->active);

	tasks_still(c, when_ns);
	return 0;
}

int container_sample(struct container *c, uint64_t tick)
{
	struct load_state *st = &c->state->load;
	uint32_t other = last(c) == &st->copy[0];
	struct load_copy copy = *last(c);
	uint64_t ticks = copy.tick ? sub_floor(tick, copy.tick) : 1;
	int r;

	if (ticks == 0 || tick == 0)
		return 0;

	r = look(c, tick * LOAD_PERIOD_NS, &copy);
	/* A cgroup that is gone has no load; what it had decays. */
	if (r < 0)
		copy.active = 0;

	load_step(copy.avg, copy.active, ticks);
	copy.tick = tick;
	st->copy[other] = copy;
	atomic_store_explicit(&st->current, other, memory_order_release);
	return r;
}

int load_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	(void)now_ns;
	for (size_t i = 0; i < ARRAY_SIZE(s->load.avg); i++)
		s->load.avg[i] = last(c)->avg[i];

	return 0;
}
