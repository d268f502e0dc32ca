/* SPDX-License-Identifier: Apache-2.0 */
/* Work that may hang, done by children with a deadline each, many at once.
 *
 * A child that hangs in the kernel, in a file system that took the question and
 * gives no answer, cannot be killed. It is left behind with all that it has
 * open, so nobody may have to wait for that; and these are not more than a few.
 */
#include "crew.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "base.h"
#include "crew_own.h"

#define WATCH_NS (100 * NSEC_PER_MSEC)

bool take_chain(struct run *run, size_t *next, size_t *end)
{
	size_t chain = atomic_fetch_add(&run->board->chain, 1);

	if (chain >= run->nchains)
		return false;

	*next = run->chains[chain];
	*end = run->chains[chain + 1];
	return true;
}

bool is_over(const struct run *run)
{
	uint64_t until = run->crew->until;

	return until && clock_ns(CLOCK_MONOTONIC) >= until;
}

void put_result(struct run *run, size_t i, int result)
{
	atomic_store(&run->board->results[i], result);
	atomic_fetch_add(&run->board->done, 1);
}

/* Returns 0 or -errno. */
static int start(struct run *run, size_t i)
{
	struct worker *w = &run->workers[i];
	struct desk *d = &run->board->desks[i];
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	pid_t pid;

	atomic_store(&d->at, w->next);
	atomic_store(&d->end, w->end);
	atomic_store(&d->since, now);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		child_work(run, i);

	w->pid = pid;
	w->killed = false;
	w->deadline = now + run->crew->timeout_ms * NSEC_PER_MSEC;
	run->started = true;
	run->busy++;
	return 0;
}

static bool has_chain(struct run *run, struct worker *w)
{
	return w->next < w->end || take_chain(run, &w->next, &w->end);
}

/* Where no more processes can be made, those that there are go on. */
static void start_all(struct run *run)
{
	size_t i = 0;

	while (i < CREW_MAX) {
		struct worker *w = &run->workers[i];
		int r;

		if (w->pid || !has_chain(run, w)) {
			i++;
			continue;
		}

		r = run->nleft < CREW_LEFT && !is_over(run) ? start(run, i)
							    : -ECANCELED;
		if (r == 0)
			continue;
		if (r != -ECANCELED && run->busy)
			return;
		run->err = r;
		put_result(run, w->next++, r); /* without having been begun */
	}
}

static void watch(struct run *run, uint64_t now)
{
	const struct crew *c = run->crew;
	size_t done = atomic_load(&run->board->done);

	if (now - run->watched < WATCH_NS && done < run->all)
		return;

	run->watched = now;
	if (c->watch)
		c->watch(done, run->all, c->watch_arg);
}

/* Until a child ends, a deadline comes, or it is time to watch. */
static void pause_for(const struct run *run, const sigset_t *child)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	uint64_t until = run->watched + WATCH_NS;
	struct timespec ts;

	for (size_t i = 0; i < CREW_MAX; i++)
		if (run->workers[i].pid)
			until = min_u64(until, run->workers[i].deadline);

	until = sub_floor(until, now);
	ts.tv_sec = (time_t)(until / NSEC_PER_SEC);
	ts.tv_nsec = (long)(until % NSEC_PER_SEC);
	(void)sigtimedwait(child, NULL, &ts); /* each reason is looked at */
}

static int run_all(struct run *run, const sigset_t *child)
{
	run->watched = clock_ns(CLOCK_MONOTONIC);

	for (;;) {
		uint64_t now;

		start_all(run);
		if (run->busy == 0)
			break;
		pause_for(run, child);
		reap_all(run);
		now = clock_ns(CLOCK_MONOTONIC);
		reap_late(run, now);
		watch(run, now);
	}

	return run->started ? 0 : run->err;
}

static bool follows(const struct crew_job *job)
{
	return job[0].key && job[-1].key &&
	       strcmp(job[0].key, job[-1].key) == 0;
}

static int plan(struct run *run)
{
	run->chains = calloc(run->all + 1, sizeof(*run->chains));
	if (!run->chains)
		return -ENOMEM;

	for (size_t i = 0; i < run->all; i++)
		if (i == 0 || !follows(&run->jobs[i]))
			run->chains[run->nchains++] = i;
	run->chains[run->nchains] = run->all;

	return 0;
}

static size_t board_size(size_t jobs)
{
	return sizeof(struct board) + jobs * sizeof(int);
}

static int board_make(struct run *run)
{
	void *p = mmap(NULL, board_size(run->all), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -errno;

	run->board = p;
	for (size_t i = 0; i < run->all; i++)
		atomic_store(&run->board->results[i], PENDING);

	return 0;
}

/* Who was killed between two chains may have taken one along. */
static void hand_over(const struct run *run, struct crew_job *jobs)
{
	for (size_t i = 0; i < run->all; i++) {
		int result = atomic_load(&run->board->results[i]);

		jobs[i].result = result == PENDING ? -EAGAIN : result;
	}
}

/* Ignored, children would leave nothing to wait for. */
static int run_waiting(struct run *run)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	struct sigaction action;
	sigset_t child;
	sigset_t mask;
	int r;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	r = pthread_sigmask(SIG_BLOCK, &child, &mask);
	if (r)
		return -r;
	if (sigaction(SIGCHLD, &plain, &action) < 0)
		return -errno;

	r = run_all(run, &child);

	(void)sigaction(SIGCHLD, &action, NULL); /* both were so before */
	(void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return r;
}

int crew_run(const struct crew *c, struct crew_job *jobs, size_t count)
{
	struct run run = {
		.crew = c,
		.jobs = jobs,
		.all = count,
		.self = getpid(),
	};
	int r = plan(&run);

	if (r == 0)
		r = board_make(&run);
	if (r == 0)
		r = run_waiting(&run);
	if (run.board) {
		hand_over(&run, jobs);
		(void)munmap(run.board, board_size(count));
	}
	free(run.chains);

	return r;
}
