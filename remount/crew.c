/* SPDX-License-Identifier: Apache-2.0 */
/* Work that may hang, done by children with a deadline each, many at once. */
#include "crew.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base.h"

#define NSEC_PER_MSEC 1000000ULL
#define WATCH_NS      (100 * NSEC_PER_MSEC)

/* What a child that got SIGKILL has to end. One that still hangs in the kernel
 * then will do no more than what it is just doing. */
#define DYING_NS (50 * NSEC_PER_MSEC)

/* One of those who work at once, on one chain: jobs that follow each other with
 * the same key. */
struct worker {
	pid_t pid;             /* 0: idle */
	struct crew_job *next; /* of the chain; the one before is at work */
	struct crew_job *end;
	uint64_t deadline; /* CLOCK_MONOTONIC */
	bool killed;
};

struct run {
	const struct crew *crew;
	struct crew_job *next; /* not given to a worker yet */
	struct crew_job *end;
	size_t all;
	size_t done;
	size_t busy; /* children at work */
	bool started;
	int err; /* why one could not be started */
	pid_t self;
	uint64_t watched;
	pid_t *left; /* children that did not die of SIGKILL in time */
	size_t nleft;
	struct worker workers[CREW_MAX];
};

/* The child. Signals stay as they are: it executes nothing. */
static _Noreturn void work(const struct run *run, void *arg)
{
	int r = -ESRCH;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		r = -errno;
	else if (getppid() == run->self)
		r = run->crew->work(arg);

	_exit(-r & 0xff);
}

static void finish(struct run *run, struct worker *w, int result)
{
	w->next[-1].result = result;
	w->pid = 0;
	run->done++;
	run->busy--;
}

/* Returns 0 or -errno; on success the first job of the chain is at work. */
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

		r = start(run, w);
		if (r == 0)
			continue;
		if (run->busy)
			return;
		run->err = r;
		run->done++;
		w->next++->result = r;
	}
}

static int result_of(const struct worker *w, int status)
{
	if (WIFEXITED(status))
		return -WEXITSTATUS(status);

	return w->killed ? -ETIMEDOUT : -ECHILD;
}

/* Has W's child ended? */
static bool reap_worker(struct run *run, struct worker *w)
{
	int status;

	if (!w->pid || waitpid(w->pid, &status, WNOHANG) != w->pid)
		return false;

	finish(run, w, result_of(w, status));
	return true;
}

static bool reap_left(struct run *run, pid_t pid)
{
	for (size_t i = 0; i < run->nleft; i++) {
		if (run->left[i] != pid)
			continue;
		run->left[i] = run->left[--run->nleft];
		return waitpid(pid, NULL, WNOHANG) == pid;
	}

	return false;
}

/* PID has ended. Is it ours? */
static bool reap_pid(struct run *run, pid_t pid)
{
	for (size_t i = 0; i < CREW_MAX; i++)
		if (run->workers[i].pid == pid)
			return reap_worker(run, &run->workers[i]);

	return reap_left(run, pid);
}

/* Children that the caller has besides are not waited for. While one of them is
 * a zombie it stands before ours, and each of ours has to be asked. */
static void reap_all(struct run *run)
{
	siginfo_t info = { 0 };

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    info.si_pid == 0)
			return;
		if (!reap_pid(run, info.si_pid))
			break;
	}

	for (size_t i = 0; i < CREW_MAX; i++)
		(void)reap_worker(run, &run->workers[i]);
}

/* Kill what is late, and let go of what does not die. */
static void expire(struct run *run, uint64_t now)
{
	for (size_t i = 0; i < CREW_MAX; i++) {
		struct worker *w = &run->workers[i];

		if (!w->pid || now < w->deadline)
			continue;
		if (!w->killed) {
			(void)kill(w->pid, SIGKILL); /* not waited for yet */
			w->killed = true;
			w->deadline = now + DYING_NS;
			continue;
		}
		run->left[run->nleft++] = w->pid;
		finish(run, w, -ETIMEDOUT);
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
		expire(run, now);
		watch(run, now);
	}

	return run->started ? 0 : run->err;
}

int crew_run(const struct crew *c, struct crew_job *jobs, size_t count)
{
	/* Ignored, children would leave nothing to wait for. */
	struct sigaction plain = { .sa_handler = SIG_DFL };
	struct sigaction action;
	autofree pid_t *left = calloc(count + 1, sizeof(*left));
	struct run run = {
		.crew = c,
		.next = jobs,
		.end = jobs + count,
		.all = count,
		.self = getpid(),
		.left = left,
	};
	sigset_t child;
	sigset_t mask;
	int r;

	if (!left)
		return -ENOMEM;

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
