/* SPDX-License-Identifier: Apache-2.0 */
/* A worker from inside: only worker.c and worker_threads.c look in here. */
#pragma once

#include <pthread.h>
#include <semaphore.h>

#include "pool.h"
#include "recover.h"
#include "service.h"
#include "worker.h"

struct server {
	struct worker *worker;
	struct thread thread;
	pthread_t id;
};

struct worker {
	struct worker_config config;
	struct service service;
	struct session *session;
	struct pool pool;
	struct thread spare; /* executes what the dead have left */
	struct recovery recovery;
	sem_t done;       /* the sampler may end */
	sem_t dead;       /* somebody has died, or the recoverer may end */
	unsigned claimed; /* servers that have a slot */
	unsigned serving; /* threads started, of each kind */
	bool guarding;
	bool waiting;
	bool recovering;
	bool sampling;
	pthread_t guard;
	pthread_t waiter;
	pthread_t recoverer;
	pthread_t sampler;
	struct server servers[THREADS_MAX];
};

/* Start all threads. Returns 0 or -errno; the threads that did start are to be
 * joined then, too. */
int threads_start(struct worker *w);
void threads_join(struct worker *w);
