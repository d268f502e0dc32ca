/* SPDX-License-Identifier: Apache-2.0 */
/* How a worker is started. */
#include "workers_start.h"

#include <errno.h>
#include <fcntl.h>

#include "base.h"
#include "log.h"
#include "orphan.h"
#include "proc.h"
#include "spawn.h"
#include "workers.h"

#define START_MAX_NS (10 * NSEC_PER_SEC)
#define DISK_EVERY   4 /* starts that fail */

/* What served last does so again, whatever has become of the files on disk in
 * the middle of an installation; but if it does not, they may be better. */
static int open_binary(const struct workers *w, bool from_disk)
{
	int fd;

	if (from_disk || w->binary < 0)
		return spawn_binary(w->spawn);
	if (w->failures % DISK_EVERY == DISK_EVERY - 1) {
		fd = spawn_binary(w->spawn);
		if (fd >= 0)
			return fd;
	}

	fd = fcntl(w->binary, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static bool known(const struct workers *w, uint32_t generation)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation == generation)
			return generation != 0;

	return false;
}

/* Workers can write there, and one may have been taken over by somebody: only
 * those that we know count. */
static uint32_t register_next(struct workers *w)
{
	uint32_t generation;

	for (int i = 0; i < LIVES_MAX; i++) {
		uint64_t life = atomic_load(&w->control->lives[i]);

		if (life && !known(w, (uint32_t)(life >> 32)))
			atomic_store(&w->control->lives[i], 0);
	}

	generation = control_expect(w->control);
	return generation ? generation : control_expect(w->control);
}

void workers_note(const struct workers *w)
{
	static const enum role order[] = { ROLE_SERVING, ROLE_STARTING,
					   ROLE_LEAVING };
	pid_t pids[LIVES_MAX];
	uint64_t ticks[LIVES_MAX];
	size_t n = 0;
	int r;

	for (size_t k = 0; k < ARRAY_SIZE(order) * LIVES_MAX; k++) {
		const struct life *l = &w->lives[k % LIVES_MAX];

		if (!l->generation || l->role != order[k / LIVES_MAX])
			continue;
		pids[n] = l->process.pid;
		ticks[n++] = l->process.start_ticks;
	}

	r = orphan_note(w->run_dir, pids, ticks, n);
	if (r < 0)
		(void)log_warning(r, "if we die now, they cannot be found",
				  "note our workers");
}

static int start(struct workers *w, struct life *l, bool configure)
{
	struct start how = {
		.binary = l->binary,
		.generation = register_next(w),
		.configure = configure,
		.handed = w->handed,
	};
	struct spawned p;
	struct proc_stat st = { 0 };
	int r = how.generation ? spawn_fork(w->spawn, &how, &p) : -EAGAIN;

	if (r < 0) {
		control_bury(w->control, how.generation);
		return r;
	}

	(void)proc_stat_read(w->proc, p.pid, &st); /* 0: never found again */
	l->generation = how.generation;
	l->role = ROLE_STARTING;
	l->child = true;
	l->report = p.report;
	l->process = (struct process){ p.pid, st.start_ticks, -1 };
	workers_note(w);
	spawn_go(&p);
	return 0;
}

static struct life *free_place(struct workers *w)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (!w->lives[i].generation)
			return &w->lives[i];

	return NULL;
}

void workers_start(struct workers *w, uint64_t now)
{
	struct life *l = free_place(w);
	bool reload = w->reload;
	int r = -EAGAIN; /* all hang in the kernel */

	w->reload = false;
	if (l) {
		r = l->binary = open_binary(w, reload);
		if (r >= 0)
			r = start(w, l, reload || w->configure);
	}
	if (r < 0) {
		if (l)
			life_close(l);
		workers_failed(w, r, now);
		return;
	}

	l->since_ns = now;
	l->deadline_ns = now + START_MAX_NS;
	w->reloading = reload;
}
