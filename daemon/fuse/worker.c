/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's threads: some serve, one guards them, one samples. */
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base.h"
#include "caller.h"
#include "fs.h"
#include "known.h"
#include "pool.h"
#include "psi.h"
#include "service.h"
#include "tree.h"

#define GRID_SEC   5
#define FDS_OTHER  (KNOWN_MAX + TRIGGERS_MAX + 256)
#define FDS_WANTED 65536

struct server {
	struct worker *worker;
	struct thread thread;
	pthread_t id;
};

struct worker {
	struct service service;
	struct session *session;
	struct pool pool;
	sem_t done;
	unsigned serving; /* threads started, of each kind */
	bool guarding;
	bool sampling;
	bool waiting;
	pthread_t guard;
	pthread_t sampler;
	pthread_t waiter;
	struct server servers[THREADS_MAX];
};

/* Interrupts read(2), and that is all. */
static void on_wake(int sig)
{
	(void)sig;
}

int worker_area(struct host *host)
{
	autostr struct str text = { 0 };
	struct cpus possible;
	unsigned n = 0;
	int r = host_read(host, HOST_CPU_POSSIBLE, 0, &text);

	if (r == 0)
		r = cpus_parse(str_text(&text), &possible);
	if (r < 0)
		return r;

	for (unsigned i = cpus_next(&possible, 0); i < CPUS_MAX;
	     i = cpus_next(&possible, i + 1))
		n = i + 1;

	return area_create(n, containers_stride(n));
}

static void serve_one(struct worker *w, struct thread *t,
		      struct pool_thread *me)
{
	int len = session_receive(w->session, t);

	pool_leave(&w->pool, me, len > 0);
	if (len > 0) {
		session_execute(w->session, t, len);
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

/* All that may be open, but for what is not a container's. */
static size_t fds_for_cgroups(void)
{
	struct rlimit lim = { .rlim_cur = FDS_WANTED, .rlim_max = FDS_WANTED };
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return FDS_OTHER;

	/* Only the privileged may raise what they may raise it to. */
	if (now.rlim_max >= FDS_WANTED || setrlimit(RLIMIT_NOFILE, &lim) < 0) {
		lim = now;
		lim.rlim_cur = lim.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &lim);
	}
	(void)getrlimit(RLIMIT_NOFILE, &now);
	return max_u64(sub_floor(now.rlim_cur, FDS_OTHER), now.rlim_cur / 2);
}

static int service_open(struct service *s, int memory, int fuse,
			const struct worker_config *config)
{
	struct containers_config cc = {
		.host = s->host,
		.registry = config->registry,
		.policy = config->policy,
		.fds = fds_for_cgroups(),
	};
	int r = area_map(memory, &s->area);

	cc.area = s->area;
	if (r == 0)
		r = containers_open(&cc, &s->containers);
	if (r == 0)
		r = callers_open(s->host, s->containers, &config->policy,
				 &s->callers);
	if (r == 0)
		r = tree_open(s->area, s->containers, host_sys(s->host),
			      &s->tree);
	if (r == 0)
		r = psi_open(s->area, s->containers, fuse, &s->psi);

	return r;
}

static int start_threads(struct worker *w, unsigned threads)
{
	int r = 0;

	for (unsigned i = 0; i < threads && r == 0; i++) {
		struct server *s = &w->servers[i];

		area_populate_slot(w->service.area, i);
		s->worker = w;
		s->thread.service = &w->service;
		s->thread.slot = &w->service.area->slots[i];
		r = pthread_create(&s->id, NULL, serve, s);
		w->serving += r == 0;
	}
	if (r == 0) {
		r = pthread_create(&w->guard, NULL, guard, w);
		w->guarding = r == 0;
	}
	if (r == 0) {
		r = pthread_create(&w->waiter, NULL, wait_for_pressure, w);
		w->waiting = r == 0;
	}
	if (r == 0) {
		r = pthread_create(&w->sampler, NULL, sample, w);
		w->sampling = r == 0;
	}

	return -r;
}

int worker_start(int fuse, int memory, struct host *host,
		 const struct worker_config *config, struct worker **ret)
{
	const struct sigaction wake = { .sa_handler = on_wake };
	struct worker *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;

	(void)sigaction(SIGRTMIN, &wake, NULL);
	sem_init(&w->done, 0, 0);
	pool_init(&w->pool, config->threads);
	w->service.host = host;
	r = service_open(&w->service, memory, fuse, config);
	if (r == 0)
		r = session_open(fuse, &w->session);
	if (r == 0)
		r = start_threads(w, config->threads);
	if (r < 0) {
		worker_stop(w);
		return r;
	}

	*ret = w;
	return 0;
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

	snapshot_free(&s->thread.snapshot);
	str_free(&s->thread.text);
}

void worker_stop(struct worker *w)
{
	pool_stop(&w->pool);
	sem_post(&w->done);
	for (unsigned i = 0; i < w->serving; i++)
		join_server(&w->servers[i]);
	if (w->guarding)
		pthread_join(w->guard, NULL);
	if (w->sampling)
		pthread_join(w->sampler, NULL);
	if (w->waiting) {
		psi_stop(w->service.psi);
		pthread_join(w->waiter, NULL);
	}

	session_close(w->session);
	psi_close(w->service.psi);
	tree_close(w->service.tree);
	callers_close(w->service.callers);
	containers_close(w->service.containers);
	area_unmap(w->service.area);
	sem_destroy(&w->done);
	free(w);
}
