/* SPDX-License-Identifier: Apache-2.0 */
/* How the children of a crew end. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base.h"
#include "crew_own.h"

/* What a child that got SIGKILL has to end. One that still hangs in the kernel
 * then will do no more than what it is just doing. */
#define DYING_NS 50000000

/* What follows in the chain of one that was late would be, too; and so it would
 * be if somebody else is still at it. */
static void give_up(struct run *run, struct worker *w)
{
	for (; w->next < w->end; w->next++, run->done++)
		w->next->result = -ECANCELED;
}

static void finish(struct run *run, struct worker *w, int result)
{
	w->next[-1].result = result;
	w->pid = 0;
	run->done++;
	run->busy--;
	if (w->killed || result == -EBUSY)
		give_up(run, w);
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
void reap_all(struct run *run)
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

void reap_late(struct run *run, uint64_t now)
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
