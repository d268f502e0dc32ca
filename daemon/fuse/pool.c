/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads the next request. */
#include "pool.h"

#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base.h"

/* A read that returns faster than this found a request waiting. */
#define AT_ONCE_NS   3000
#define PATIENCE_MIN 8
#define PATIENCE_MAX 4096
#define CALL_WORTH   64 /* requests until a thread parks again */
#define GUARD_NS     5000000

/* Sleep while *WORD is VALUE, NS at most (0: as long as it takes). */
static void futex_wait(_Atomic uint32_t *word, uint32_t value, long ns)
{
	const struct timespec ts = { .tv_nsec = ns };

	(void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value,
		      ns ? &ts : NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word, int n)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

void pool_init(struct pool *p, unsigned threads)
{
	*p = (struct pool){ .threads = threads,
			    .active = 1,
			    .patience = PATIENCE_MIN };
}

/* Call a parked thread, if there is one. */
static void call_one(struct pool *p)
{
	uint32_t active = atomic_load(&p->active);

	while (active < p->threads)
		if (atomic_compare_exchange_weak(&p->active, &active,
						 active + 1)) {
			atomic_store(&p->called, atomic_load(&p->progress));
			atomic_fetch_add(&p->tickets, 1);
			futex_wake(&p->tickets, 1);
			return;
		}
}

/* Wait to be called; whoever calls has counted us as active. */
static void park(struct pool *p)
{
	while (!atomic_load(&p->stop)) {
		uint32_t tickets = atomic_load(&p->tickets);

		if (tickets == 0)
			futex_wait(&p->tickets, 0, 0);
		else if (atomic_compare_exchange_weak(&p->tickets, &tickets,
						      tickets - 1))
			return;
	}
}

/* May this thread go? Only while another one sits in read(2). */
static bool retire(struct pool *p)
{
	uint32_t active = atomic_load(&p->active);

	while (active > 1 && atomic_load(&p->reading) > 0)
		if (atomic_compare_exchange_weak(&p->active, &active,
						 active - 1))
			return true;

	return false;
}

/* A thread parks again: was the last call worth it? That decides how soon the
 * next one comes; that two threads may decide at once does no harm. */
static void learn(struct pool *p)
{
	uint64_t served = atomic_load(&p->progress) - atomic_load(&p->called);
	uint32_t patience = atomic_load(&p->patience);

	if (served < CALL_WORTH)
		patience =
			(uint32_t)min_u64((uint64_t)patience * 2, PATIENCE_MAX);
	else
		patience = (uint32_t)max_u64(patience / 2, PATIENCE_MIN);
	atomic_store(&p->patience, patience);
}

bool pool_enter(struct pool *p, struct pool_thread *t)
{
	if (t->parked || (t->waited && retire(p))) {
		if (!t->parked)
			learn(p);
		park(p);
		*t = (struct pool_thread){ 0 };
	}
	if (atomic_load(&p->stop))
		return false;

	atomic_fetch_add(&p->reading, 1);
	t->since = clock_ns(CLOCK_MONOTONIC);
	return true;
}

void pool_leave(struct pool *p, struct pool_thread *t, bool got)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	uint64_t spent = now - t->since;

	t->since = now;
	atomic_fetch_sub(&p->reading, 1);
	if (!got)
		return;

	atomic_fetch_add(&p->progress, 1);
	if (atomic_load(&p->guard_asleep) &&
	    atomic_exchange(&p->guard_asleep, 0))
		futex_wake(&p->guard_asleep, 1);

	t->waited = spent >= AT_ONCE_NS;
	t->streak = t->waited ? 0 : t->streak + 1;
	if (t->streak >= atomic_load(&p->patience)) {
		t->streak = 0;
		call_one(p);
	}
}

/* Nothing happens and somebody waits for it: sleep until the first request. */
static void sleep_while_idle(struct pool *p, uint64_t progress)
{
	atomic_store(&p->guard_asleep, 1);
	while (atomic_load(&p->progress) == progress &&
	       atomic_load(&p->guard_asleep) && !atomic_load(&p->stop))
		futex_wait(&p->guard_asleep, 1, 0);
	atomic_store(&p->guard_asleep, 0);
}

void pool_guard(struct pool *p)
{
	while (!atomic_load(&p->stop)) {
		uint64_t progress = atomic_load(&p->progress);

		futex_wait(&p->stop, 0, GUARD_NS);
		if (atomic_load(&p->progress) != progress)
			continue;
		if (atomic_load(&p->reading))
			sleep_while_idle(p, progress);
		else
			call_one(p);
	}
}

void pool_stop(struct pool *p)
{
	atomic_store(&p->stop, 1);
	futex_wake(&p->stop, INT_MAX);
	futex_wake(&p->tickets, INT_MAX);
	atomic_store(&p->guard_asleep, 0);
	futex_wake(&p->guard_asleep, INT_MAX);
}
