/* SPDX-License-Identifier: Apache-2.0 */
/* A child of a crew, who does one job after the other.
 *
 * To be forked costs more than half of what a job does. So who has come through
 * one without an error takes another; who has met anything odd ends, and what
 * he may have left behind in this process ends with him. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

#include "base.h"
#include "crew_own.h"

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

/* Signals stay as they are: it executes nothing. */
static int prepare(const struct run *run)
{
	int r = be_silent();

	if (r < 0)
		return r;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;

	return getppid() == run->self ? 0 : -ESRCH;
}

/* The next job of the chain, or the first of another one. */
static bool next_job(struct run *run, struct desk *d)
{
	size_t next = atomic_load(&d->at) + 1;
	size_t end = atomic_load(&d->end);

	if (is_over(run))
		return false;
	if (next == end && !take_chain(run, &next, &end))
		return false;

	atomic_store(&d->since, clock_ns(CLOCK_MONOTONIC));
	atomic_store(&d->end, end);
	atomic_store(&d->at, next);
	return true;
}

_Noreturn void child_work(struct run *run, size_t i)
{
	struct desk *d = &run->board->desks[i];
	int r = prepare(run);

	do {
		size_t at = atomic_load(&d->at);

		if (r == 0)
			r = run->crew->work(run->jobs[at].arg);
		put_result(run, at, r);
	} while (r == 0 && next_job(run, d));

	_exit(0);
}
