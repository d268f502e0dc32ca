/* SPDX-License-Identifier: Apache-2.0 */
/* Which workers there are: those found at the start, and questions. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base.h"
#include "handed.h"
#include "log.h"
#include "workers.h"

#define LOOK_NS UINT64_C(20000000) /* at one that nobody tells us of */

/* A worker that somebody has taken over could have registered any pid: it is
 * one of ours if it has our memory where only a worker has it. */
static bool has_memory(const struct workers *w, pid_t pid)
{
	char path[64];
	struct stat ours;
	struct stat its;

	(void)snprintf(path, sizeof(path), "%d/fd/%d", (int)pid,
		       HANDOVER_CONTROL);
	return fstat(w->handed->fd[HANDED_CONTROL], &ours) == 0 &&
	       fstatat(w->proc, path, &its, 0) == 0 &&
	       ours.st_dev == its.st_dev && ours.st_ino == its.st_ino;
}

static int binary_of(const struct workers *w, pid_t pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/exe", (int)pid);
	return openat(w->proc, path, O_PATH | O_CLOEXEC);
}

static void take_life(struct workers *w, int i)
{
	struct control *c = w->control;
	uint64_t life = atomic_load(&c->lives[i]);
	uint32_t generation = (uint32_t)(life >> 32);
	struct life *l = &w->lives[i];
	struct process p;

	if (!life || control_revoke(c, generation))
		return;

	life = atomic_load(&c->lives[i]);
	if (!generation ||
	    process_open(w->proc, (pid_t)(uint32_t)life,
			 atomic_load(&c->start_ticks[i]), &p) < 0) {
		atomic_store(&c->lives[i], 0);
		return;
	}
	if (!has_memory(w, p.pid)) {
		process_close(&p);
		atomic_store(&c->lives[i], 0);
		return;
	}

	l->generation = generation;
	l->role = ROLE_SERVING;
	l->status = -1;
	l->process = p;
	close_at(&w->binary);
	w->binary = binary_of(w, p.pid);
	if (p.fd >= 0)
		return;

	/* Before Linux 5.3 its end could be missed, or another's taken for it.
	 * Its successor knows what to do. */
	life_signal(l, SIGKILL);
	l->role = ROLE_LEAVING;
}

void workers_init(struct workers *w, bool adopted, int program)
{
	w->binary = -1;
	if (adopted && program >= 0)
		w->binary = fcntl(program, F_DUPFD_CLOEXEC, 0);
	for (int i = 0; i < LIVES_MAX; i++)
		w->lives[i] = (struct life)LIFE_NONE;
	for (int i = 0; i < LIVES_MAX && adopted; i++)
		take_life(w, i);

	w->served = adopted;
	w->reload = w->binary >= 0; /* else it is from disk anyway */
	w->configure = !w->reload;
}

unsigned workers_poll(const struct workers *w, struct pollfd *ret)
{
	unsigned n = 0;

	for (int i = 0; i < LIVES_MAX; i++) {
		const struct life *l = &w->lives[i];
		int fd = l->child ? l->report : l->process.fd;

		if (l->generation && fd >= 0)
			ret[n++] = (struct pollfd){ fd, POLLIN, 0 };
	}

	return n;
}

uint64_t workers_due(const struct workers *w, uint64_t now)
{
	uint64_t due = UINT64_MAX;
	bool any = false;

	for (int i = 0; i < LIVES_MAX; i++) {
		const struct life *l = &w->lives[i];

		if (!l->generation)
			continue;
		if (l->deadline_ns)
			due = min_u64(due, l->deadline_ns);
		if (!l->child && l->process.fd < 0)
			due = min_u64(due, now + LOOK_NS);
		any = any || l->role != ROLE_LEAVING;
	}
	if (!any && !w->ending)
		due = min_u64(due, w->next_ns);

	return due;
}

pid_t workers_serving(const struct workers *w)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation && w->lives[i].role == ROLE_SERVING)
			return w->lives[i].process.pid;

	return 0;
}

struct life *workers_find(struct workers *w, uint32_t generation)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		struct life *l = &w->lives[i];

		if (generation && l->generation == generation && !l->ended &&
		    l->role != ROLE_LEAVING)
			return l;
	}

	return NULL;
}

bool workers_left(const struct workers *w)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (w->lives[i].generation)
			return true;

	return false;
}
