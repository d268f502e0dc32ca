/* SPDX-License-Identifier: Apache-2.0 */
/* A worker: opened with all rights, started without them. */
#include "worker.h"

#include <errno.h>
#include <stdlib.h>

#include "base.h"
#include "caller.h"
#include "catalog.h"
#include "containers.h"
#include "fs.h"
#include "psi.h"
#include "slots.h"
#include "sweep.h"
#include "worker_own.h"

int worker_area(int fd, struct host *host, struct area **ret)
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

	return area_open(fd, n, containers_stride(n), ret);
}

static int service_open(struct service *s, const struct worker_config *config)
{
	const struct containers_config cc = {
		.area = config->area,
		.host = config->host,
		.registry = config->registry,
		.triggers = config->triggers,
		.policy = config->settings.policy,
		.fds = config->fds,
	};
	const struct roots roots = { host_proc(config->host),
				     host_sys(config->host) };
	int r;

	s->area = config->area;
	s->host = config->host;
	s->remounts = config->remounts;
	s->generation = config->generation;
	s->started = clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC;
	counters_open(&s->counters, config->control);
	r = containers_open(&cc, &s->containers);
	if (r == 0)
		r = callers_open(s->host, s->containers, &cc.policy,
				 &s->callers);
	if (r == 0)
		r = catalog_open(s->area, s->containers, roots, &s->catalog);
	if (r == 0)
		r = psi_open(s->area, s->containers, config->fuse, &s->psi);

	return r;
}

/* Two workers at a time, and what a dead one left, share SLOTS_MAX slots. */
static void claim_slots(struct worker *w)
{
	while (w->claimed < w->config.settings.threads) {
		struct slot *slot =
			slot_claim(w->config.control, w->config.generation);
		struct server *s = &w->servers[w->claimed];

		if (!slot)
			return;
		*s = (struct server){
			.worker = w,
			.thread = { .service = &w->service, .slot = slot },
		};
		w->claimed++;
	}
}

/* What is needed before the area is swept, and the rest is mended. */
static void mend(const struct worker_config *config)
{
	if (!control_alone(config->control, config->generation))
		return;

	area_lock_mend(&config->area->attach_lock);
	area_lock_mend(&config->area->nodes_lock);
}

int worker_open(const struct worker_config *config, struct worker **ret)
{
	struct worker *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;

	w->config = *config;
	w->spare.service = &w->service;
	sem_init(&w->done, 0, 0);
	sem_init(&w->dead, 0, 0);
	pool_init(&w->pool, config->settings.threads);
	mend(config);
	r = service_open(&w->service, config);
	if (r == 0)
		r = session_open(config->fuse, config->control, &w->session);
	if (r < 0) {
		worker_close(w);
		return r;
	}

	w->recovery = (struct recovery){
		.session = w->session,
		.thread = &w->spare,
		.control = config->control,
		.fuse = config->fuse,
		.generation = config->generation,
	};
	claim_slots(w);
	*ret = w;
	return 0;
}

/* Under the lock, so that nobody begins to serve while the area is swept: who
 * comes later finds us there, and leaves it as it is. */
static int attach(struct worker *w)
{
	const struct worker_config *c = &w->config;

	if (control_alone(c->control, c->generation))
		area_sweep(c->area, c->control);
	recover(&w->recovery);
	claim_slots(w);
	if (w->claimed == 0)
		return -EBUSY;

	pool_init(&w->pool, w->claimed);
	return threads_start(w);
}

/* In this order: half of it is not valid. */
static void keep_settings(struct area *a, const struct settings *s)
{
	__atomic_store_n(&a->settings.threads, 0, __ATOMIC_SEQ_CST);
	a->settings.policy = s->policy;
	a->settings.sandbox = s->sandbox;
	__atomic_store_n(&a->settings.threads, s->threads, __ATOMIC_RELEASE);
}

int worker_start(struct worker *w)
{
	const struct worker_config *c = &w->config;
	int r;

	area_lock(&c->area->attach_lock);
	r = attach(w);
	area_unlock(&c->area->attach_lock);
	if (r < 0)
		return r;

	keep_settings(c->area, &c->settings);
	return 0;
}

void worker_poke(struct worker *w)
{
	sem_post(&w->dead);
}

void worker_close(struct worker *w)
{
	threads_join(w);
	for (unsigned i = 0; i < w->claimed; i++) {
		snapshot_free(&w->servers[i].thread.snapshot);
		str_free(&w->servers[i].thread.text);
		slot_release(w->servers[i].thread.slot);
	}

	snapshot_free(&w->spare.snapshot);
	str_free(&w->spare.text);
	session_close(w->session);
	psi_close(w->service.psi);
	catalog_close(w->service.catalog);
	callers_close(w->service.callers);
	containers_close(w->service.containers);
	sem_destroy(&w->done);
	sem_destroy(&w->dead);
	free(w);
}
