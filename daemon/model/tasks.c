/* SPDX-License-Identifier: Apache-2.0 */
/* The container's threads: counted seldom, shown often. */
#include "tasks.h"

#include <errno.h>

#include "base.h"
#include "container.h"
#include "gather.h"
#include "parse.h"
#include "threads.h"

/* How long a count is shown: one by a request, and one by the sampler of more
 * than a request may count (three of its ticks). */
#define FRESH_NS   NSEC_PER_SEC
#define SAMPLED_NS (15 * NSEC_PER_SEC)

static const struct threads_bounds request_bounds = {
	.dirs = 64,
	.listed = 4096,
	.visited = 256,
};

static const struct threads_bounds sampler_bounds = {
	.dirs = 1024,
	.listed = 32768,
	.visited = 1024,
};

static const struct tasks_copy *last(const struct container *c)
{
	const struct tasks_state *st = &c->state->tasks;

	return &st->copy[atomic_load_explicit(&st->current,
					      memory_order_acquire) &
			 1];
}

static void store(struct container *c, const struct tasks_copy *copy)
{
	struct tasks_state *st = &c->state->tasks;
	uint32_t next = last(c) == &st->copy[0];

	st->copy[next] = *copy;
	atomic_store_explicit(&st->current, next, memory_order_release);
}

/* The hierarchy in which the container is below the root, first of all where
 * its CPU time is counted: on a hybrid host its v2 path may be the root. */
static enum controller where(const struct cgroup *cg)
{
	static const enum controller order[] = { CG_CPUACCT, CG_PIDS, CG_MEMORY,
						 CG_CPU, CG_UNIFIED };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (cgroup_levels(cg, order[i]) > 0)
			return order[i];
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (cgroup_dir(cg, order[i]) >= 0)
			return order[i];

	return CG_UNIFIED;
}

/* The pid of thread TID in the container's pid namespace, 0 when it is not
 * known there. */
static uint64_t pid_inside(struct container *c, pid_t tid)
{
	int proc = host_proc(c->host);
	unsigned count;
	pid_t pid;

	if (tid == 0)
		return 0;
	if (c->pid_depth == 0 && c->info.init > 0 &&
	    threads_nspid_read(proc, c->info.init, 0, &pid, &count) == 0)
		c->pid_depth = count;
	if (threads_nspid_read(proc, tid, c->pid_depth, &pid, &count) < 0)
		return 0;

	return (uint64_t)pid;
}

/* How many threads there are: those listed, or when a bound was hit, what the
 * pids controller says. */
static uint64_t total(struct container *c, const struct threads_found *f)
{
	uint64_t pids;

	if (f->complete ||
	    cgroup_read_limit(c->cgroup, CG_PIDS, 0, "pids.current", &pids) < 0)
		return f->listed;

	return pids == NO_LIMIT ? f->listed : max_u64(pids, f->listed);
}

static int count(struct container *c, const struct threads_bounds *bounds,
		 uint64_t when_ns, struct tasks_copy *ret)
{
	enum controller at = where(c->cgroup);
	const struct tasks *before = &last(c)->tasks;
	struct threads_found f;
	struct tasks t;
	int r;

	r = threads_scan(host_proc(c->host), cgroup_dir(c->cgroup, at),
			 cgroup_is_v2(c->cgroup, at), bounds, &f);
	if (r < 0)
		return r;
	/* What is held open of a removed cgroup looks like an empty one. */
	if (f.listed == 0 && !cgroup_alive(c->cgroup))
		return -ENODEV;

	t.total = total(c, &f);
	t.running = f.running;
	t.blocked = f.blocked;
	/* Otherwise what was not visited is gone, or went while we looked. */
	if (!f.complete || f.listed > bounds->visited) {
		t.running = mul_div(f.running, t.total, f.visited);
		t.blocked = mul_div(f.blocked, t.total, f.visited);
	}

	t.newest = pid_inside(c, f.newest);
	if (t.newest == 0)
		t.newest = before->newest;
	t.forks = max_u64(before->forks, t.newest);

	*ret = (struct tasks_copy){
		.when = when_ns,
		.sampled = bounds == &sampler_bounds &&
			   (!f.complete || f.dirs > request_bounds.dirs ||
			    f.listed > request_bounds.visited),
		.tasks = t,
	};
	return 0;
}

int tasks_sample(struct container *c, uint64_t when_ns, uint64_t *active)
{
	struct tasks_copy copy;
	int r = count(c, &sampler_bounds, when_ns, &copy);

	if (r < 0)
		return r;

	store(c, &copy);
	*active = add_cap(copy.tasks.running, copy.tasks.blocked);
	return 0;
}

void tasks_still(struct container *c, uint64_t when_ns)
{
	struct tasks_copy copy = *last(c);

	if (!copy.sampled)
		return;

	copy.when = when_ns;
	store(c, &copy);
}

int tasks_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	const struct tasks_copy *copy = last(c);
	uint64_t good = copy->sampled ? SAMPLED_NS : FRESH_NS;
	struct tasks_copy fresh;

	if (copy->when == 0 || sub_floor(now_ns, copy->when) >= good) {
		int r = count(c, &request_bounds, now_ns, &fresh);

		if (r == -ENOMEM)
			return r;
		/* A cgroup that goes away has what it had. */
		if (r == 0)
			store(c, &fresh);
	}

	s->tasks = last(c)->tasks;
	/* The reader itself. */
	s->tasks.running = max_u64(s->tasks.running, 1);
	return 0;
}
