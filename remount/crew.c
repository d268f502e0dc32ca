/* SPDX-License-Identifier: Apache-2.0 */
/* Work that may hang, done by children with a deadline each, many at once.
 *
 * A child that hangs in the kernel, in a file system that took the question and
 * gives no answer, cannot be killed. It is left behind with all that it has
 * open, so nobody may have to wait for that; and these are not more than a few.
 */
#include "crew.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "base.h"
#include "crew_own.h"

#define NSEC_PER_MSEC 1000000ULL
#define WATCH_NS      (100 * NSEC_PER_MSEC)

/* Whoever reads what we say would wait for the last who could say something. */
static int be_silent(void)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return -errno;

	return 0;
}

/* The child. Signals stay as they are: it executes nothing. */
static _Noreturn void work(const struct run *run, void *arg)
{
	int r = be_silent();

	if (r == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		r = -errno;
	if (r == 0)
		r = getppid() == run->self ? run->crew->work(arg) : -ESRCH;

	_exit(-r & 0xff);
}

/* The next job of the chain is at work then. Returns 0 or -errno. */
static int start(struct run *run, struct worker *w)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		work(run, w->next->arg);

	w->pid = pid;
	w->next++;
	w->killed = false;
	w->deadline = clock_ns(CLOCK_MONOTONIC) +
		      run->crew->timeout_ms * NSEC_PER_MSEC;
	run->started = true;
	run->busy++;
	return 0;
}

static bool follows(const struct crew_job *job)
{
	return job[0].key && job[-1].key &&
	       strcmp(job[0].key, job[-1].key) == 0;
}

/* Does W have something to do? */
static bool take_chain(struct run *run, struct worker *w)
{
	if (w->next < w->end)
		return true;
	if (run->next == run->end)
		return false;

	w->next = run->next++;
	while (run->next < run->end && follows(run->next))
		run->next++;
	w->end = run->next;
	return true;
}

static bool may_start(const struct run *run)
{
	uint64_t until = run->crew->until;

	return run->nleft < CREW_LEFT &&
	       (!until || clock_ns(CLOCK_MONOTONIC) < until);
}

/* It is done without having been begun. */
static void pass(struct run *run, struct worker *w, int result)
{
	w->next++->result = result;
	run->done++;
}

/* Where no more processes can be made, those that there are go on. */
static void start_all(struct run *run)
{
	struct worker *w = run->workers;

	while (w < run->workers + CREW_MAX) {
		int r;

		if (w->pid || !take_chain(run, w)) {
			w++;
			continue;
		}

		if (!may_start(run)) {
			pass(run, w, -ECANCELED);
			continue;
		}
		r = start(run, w);
		if (r == 0)
			continue;
		if (run->busy)
			return;
		run->err = r;
		pass(run, w, r);
	}
}

static void watch(struct run *run, uint64_t now)
{
	const struct crew *c = run->crew;

	if (now - run->watched < WATCH_NS && run->done < run->all)
		return;

	run->watched = now;
	if (c->watch)
		c->watch(run->done, run->all, c->watch_arg);
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

	while (run->done < run->all) {
		uint64_t now;

		start_all(run);
		if (run->busy)
			pause_for(run, child);
		reap_all(run);
		now = clock_ns(CLOCK_MONOTONIC);
		reap_late(run, now);
		watch(run, now);
	}

	return run->started ? 0 : run->err;
}

int crew_run(const struct crew *c, struct crew_job *jobs, size_t count)
{
	/* Ignored, children would leave nothing to wait for. */
	struct sigaction plain = { .sa_handler = SIG_DFL };
	struct sigaction action;
	struct run run = {
		.crew = c,
		.next = jobs,
		.end = jobs + count,
		.all = count,
		.self = getpid(),
	};
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

	r = run_all(&run, &child);

	(void)sigaction(SIGCHLD, &action, NULL); /* both were so before */
	(void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return r;
}
