/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's threads: some serve, one guards them, one waits for pressure, one
 * looks after the requests of the dead, one samples. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base.h"
#include "caller.h"
#include "containers.h"
#include "fs.h"
#include "psi.h"
#include "worker_own.h"

#define GRID_SEC 5

/* Interrupts read(2), and that is all. */
static void on_wake(int sig)
{
	(void)sig;
}

static void serve_one(struct worker *w, struct thread *t,
		      struct pool_thread *me)
{
	int len = session_receive(w->session, t);

	pool_leave(&w->pool, me, len > 0);
	if (len > 0) {
		t->taken = me->since;
		session_execute(w->session, t, (size_t)len);
	} else if (len == 0) {
		/* Unmounted or aborted. */
		pool_stop(&w->pool);
		(void)kill(getpid(), SIGTERM);
	}
}

static void *serve(void *data)
{
	struct server *s = data;
	struct worker *w = s->worker;
	struct pool_thread me = { .parked = s != w->servers };

	while (pool_enter(&w->pool, &me))
		serve_one(w, &s->thread, &me);

	return NULL;
}

static void *guard(void *data)
{
	pool_guard(&((struct worker *)data)->pool);
	return NULL;
}

static void *wait_for_pressure(void *data)
{
	psi_run(((struct worker *)data)->service.psi);
	return NULL;
}

static void *look_after_the_dead(void *data)
{
	struct worker *w = data;

	while (!atomic_load(&w->pool.stop)) {
		recover_all(&w->recovery);
		while (sem_wait(&w->dead) < 0)
			;
	}

	return NULL;
}

static void *sample(void *data)
{
	struct worker *w = data;
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec = 0;
	for (;;) {
		at.tv_sec -= at.tv_sec % GRID_SEC;
		at.tv_sec += GRID_SEC;
		while (sem_clockwait(&w->done, CLOCK_MONOTONIC, &at) < 0)
			if (errno == ETIMEDOUT)
				break;
		if (atomic_load(&w->pool.stop))
			return NULL;

		clock_gettime(CLOCK_MONOTONIC, &at);
		containers_tick(w->service.containers,
				(uint64_t)at.tv_sec / GRID_SEC);
		callers_tick(w->service.callers);
		at.tv_nsec = 0;
	}
}

static bool start(struct worker *w, pthread_t *id, void *(*loop)(void *),
		  int *r)
{
	if (*r == 0)
		*r = -pthread_create(id, NULL, loop, w);

	return *r == 0;
}

int threads_start(struct worker *w)
{
	const struct sigaction wake = { .sa_handler = on_wake };
	int r = 0;

	(void)sigaction(SIGRTMIN, &wake, NULL);
	for (unsigned i = 0; i < w->claimed && r == 0; i++) {
		r = -pthread_create(&w->servers[i].id, NULL, serve,
				    &w->servers[i]);
		w->serving += r == 0;
	}

	w->guarding = start(w, &w->guard, guard, &r);
	w->waiting = start(w, &w->waiter, wait_for_pressure, &r);
	w->recovering = start(w, &w->recoverer, look_after_the_dead, &r);
	w->sampling = start(w, &w->sampler, sample, &r);
	return r;
}

/* A signal that comes just before read(2) is lost: say it again. */
static void join_server(struct server *s)
{
	struct timespec at;

	do {
		(void)pthread_kill(s->id, SIGRTMIN);
		clock_gettime(CLOCK_REALTIME, &at);
		at.tv_nsec += 1000000;
		if (at.tv_nsec >= (long)NSEC_PER_SEC) {
			at.tv_nsec -= (long)NSEC_PER_SEC;
			at.tv_sec++;
		}
	} while (pthread_timedjoin_np(s->id, NULL, &at) != 0);
}

void threads_join(struct worker *w)
{
	pool_stop(&w->pool);
	sem_post(&w->done);
	sem_post(&w->dead);
	for (unsigned i = 0; i < w->serving; i++)
		join_server(&w->servers[i]);
	if (w->guarding)
		pthread_join(w->guard, NULL);
	if (w->recovering)
		pthread_join(w->recoverer, NULL);
	if (w->sampling)
		pthread_join(w->sampler, NULL);
	if (w->waiting) {
		psi_stop(w->service.psi);
		pthread_join(w->waiter, NULL);
	}
}
