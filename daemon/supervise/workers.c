/* SPDX-License-Identifier: Apache-2.0 */
/* The workers: what happens when one is ready, dies, or is to be replaced.
 *
 * After every event the same question is asked (settle()): does one serve, or
 * is one about to? All that a dead one leaves is the next one's to find, see
 * control.h; here only its burial matters, before which nobody may look. */
#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "backoff.h"
#include "base.h"
#include "log.h"
#include "workers_start.h"

#define MS           UINT64_C(1000000)
#define LEAVE_MAX_NS (3 * NSEC_PER_SEC)
#define FAILURES_MAX 3 /* of the very first */

static struct life *find_role(struct workers *w, enum role role)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation && w->lives[i].role == role)
			return &w->lives[i];

	return NULL;
}

static void leave(struct life *l, int sig, uint64_t now)
{
	life_signal(l, sig);
	l->role = ROLE_LEAVING;
	l->deadline_ns = sig == SIGKILL ? 0 : now + LEAVE_MAX_NS;
}

/* Slots of a dead one are there to be looked at. A worker hears that only when
 * it serves: before, the signal would end it. */
static void poke(struct workers *w)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		struct life *l = &w->lives[i];

		if (l->generation && l->role == ROLE_SERVING)
			life_signal(l, SIGUSR2);
		else if (l->generation && l->role == ROLE_STARTING)
			l->poke = true;
	}
}

/* For "metrics". Workers can write there: nothing is decided by it. */
static void count(struct workers *w, enum worker_event e)
{
	atomic_fetch_add(&w->control->worker_events[e], 1);
}

static void log_next(const struct life *l, const char *text, unsigned delay)
{
	int pid = (int)l->process.pid;

	if (delay)
		log_line(LOG_ERR,
			 "worker %d %s; the next starts in %u ms, and readers "
			 "wait",
			 pid, text, delay);
	else
		log_line(LOG_WARNING, "worker %d %s; the next starts", pid,
			 text);
}

/* L, which was STARTING or SERVING, is one no more: TEXT says how. What happens
 * now? */
static void account(struct workers *w, const struct life *l, const char *text,
		    uint64_t now)
{
	bool starting = l->role == ROLE_STARTING;
	bool upgrade = starting && w->reloading && w->binary >= 0;
	uint64_t life_ms = (now - l->since_ns) / MS;
	int pid = (int)l->process.pid;
	unsigned delay;

	if (starting) {
		w->failures++;
		w->reloading = false;
	}
	if (starting && workers_serving(w)) {
		log_line(LOG_ERR,
			 "upgrade refused: worker %d %s; the worker of before "
			 "serves on",
			 pid, text);
		return;
	}
	if (starting && !w->served && w->failures >= FAILURES_MAX)
		w->end = WORKERS_FAIL;

	w->debt = backoff_debt(w->debt, life_ms);
	delay = backoff_delay(w->debt);
	w->next_ns = now + delay * MS;
	if (!starting && find_role(w, ROLE_STARTING))
		log_line(LOG_WARNING, "worker %d %s; its successor starts", pid,
			 text);
	else if (upgrade)
		log_line(LOG_ERR,
			 "upgrade refused: worker %d %s; the program of before "
			 "is started",
			 pid, text);
	else if (w->end == WORKERS_FAIL)
		log_line(LOG_ERR, "worker %d %s before it served; giving up",
			 pid, text);
	else
		log_next(l, text, delay);
}

void workers_failed(struct workers *w, int r, uint64_t now)
{
	count(w, WORKERS_REFUSED);
	w->failures++;
	w->reloading = false;
	if (workers_serving(w)) {
		(void)log_error(r, "the worker of before serves on",
				"upgrade refused: start a worker");
		return;
	}

	if (!w->served)
		w->end = WORKERS_FAIL;
	w->debt = backoff_debt(w->debt, 0);
	w->next_ns = now + max_u64(backoff_delay(w->debt), 1) * MS;
	(void)log_error(r, w->served ? "trying again" : NULL, "start a worker");
}

/* It has said why. Without its settings those of before are as good. */
static void refused(struct workers *w, const struct life *l)
{
	if (!w->served) {
		w->end = WORKERS_FAIL;
		return;
	}
	if (w->configure && !workers_serving(w))
		log_line(LOG_WARNING,
			 "worker %d refused to start; the settings of before "
			 "stay",
			 (int)l->process.pid);
	w->configure = false;
}

static void bury(struct workers *w, struct life *l, uint64_t now)
{
	struct life_end end = life_describe(l);

	control_bury(w->control, l->generation);
	if (l->role == ROLE_LEAVING || w->ending)
		log_line(LOG_DEBUG, "worker %d %s", (int)l->process.pid,
			 end.text);
	else if (life_exited(l, WORKER_GONE))
		w->end = WORKERS_GONE;
	else if (l->role == ROLE_STARTING && life_exited(l, WORKER_REFUSED))
		refused(w, l);

	if (l->role != ROLE_LEAVING && !w->ending && w->end == WORKERS_GO_ON) {
		count(w, life_exited(l, WORKER_REFUSED) ? WORKERS_REFUSED
							: WORKERS_CRASHED);
		account(w, l, end.text, now);
	}
	life_close(l);
	poke(w);
	if (workers_left(w))
		workers_note(w);
}

/* L serves from now on, and the others do so no more. */
static void take_over(struct workers *w, struct life *l, uint64_t now)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		struct life *old = &w->lives[i];

		if (!old->generation || old->role != ROLE_SERVING)
			continue;
		log_line(LOG_NOTICE, "worker %d serves in place of worker %d",
			 (int)l->process.pid, (int)old->process.pid);
		leave(old, SIGTERM, now);
		count(w, WORKERS_RELOADED);
	}

	log_line(LOG_DEBUG, "worker %d serves after %u us", (int)l->process.pid,
		 (unsigned)((now - l->since_ns) / 1000));
	l->role = ROLE_SERVING;
	l->deadline_ns = 0;
	close_at(&l->report);
	l->report = -1;
	close_at(&w->binary);
	w->binary = take_fd(&l->binary);
	w->failures = 0;
	w->served = true;
	w->configure = false;
	w->reloading = false;
	workers_note(w);
	if (l->poke)
		life_signal(l, SIGUSR2);
}

static void hear(struct workers *w, struct life *l, uint64_t now)
{
	int r = life_report(l);

	if (r > 0)
		take_over(w, l, now);
	else if (r < 0)
		/* It is about to end, or lies: either way it shall. */
		life_signal(l, SIGKILL);
	if (r < 0) {
		close_at(&l->report);
		l->report = -1;
	}
}

static void attend(struct workers *w, struct life *l, uint64_t now)
{
	if (!l->ended && !l->child)
		l->ended = process_ended(w->proc, &l->process);
	if (l->ended) {
		bury(w, l, now);
		return;
	}

	if (l->role == ROLE_STARTING && l->report >= 0)
		hear(w, l, now);
	if (!l->deadline_ns || now < l->deadline_ns)
		return;
	if (l->role == ROLE_STARTING)
		workers_replace(w, l, "is not ready after 10 s", now);
	else
		leave(l, SIGKILL, now);
}

/* One that was killed and still hangs in the kernel is not waited for. */
static bool changing_over(const struct workers *w)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation && w->lives[i].deadline_ns)
			return true;

	return false;
}

static void settle(struct workers *w, uint64_t now)
{
	bool serving = find_role(w, ROLE_SERVING);

	if (w->ending || w->end != WORKERS_GO_ON || find_role(w, ROLE_STARTING))
		return;
	if (serving && (!w->reload || changing_over(w)))
		return; /* one change at a time */
	if (!serving && !w->reload && now < w->next_ns)
		return;

	workers_start(w, now);
}

void workers_step(struct workers *w, uint64_t now)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation)
			attend(w, &w->lives[i], now);

	settle(w, now);
}

void workers_reaped(struct workers *w, pid_t pid, int status)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		struct life *l = &w->lives[i];

		if (!l->generation || !l->child || l->process.pid != pid)
			continue;
		l->ended = true;
		l->status = status;
	}
}

void workers_replace(struct workers *w, struct life *l, const char *text,
		     uint64_t now)
{
	struct life was = *l;

	count(w, l->role == ROLE_STARTING ? WORKERS_REFUSED : WORKERS_HUNG);
	leave(l, SIGKILL, now);
	account(w, &was, text, now);
}

void workers_finish(struct workers *w, uint64_t now)
{
	w->ending = true;
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation && w->lives[i].role != ROLE_LEAVING)
			leave(&w->lives[i], SIGTERM, now);
}
