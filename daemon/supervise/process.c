/* SPDX-License-Identifier: Apache-2.0 */
/* A process that somebody else has started. */
#include "process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base.h"
#include "proc.h"

#define STEP_NS   5000000
#define STEPS_MAX 200 /* 1 s */

static bool is_there(int proc, const struct process *p)
{
	struct proc_stat st;

	return proc_stat_read(proc, p->pid, &st) == 0 &&
	       st.start_ticks == p->start_ticks && st.state != 'X';
}

int process_open(int proc, pid_t pid, uint64_t start_ticks, struct process *ret)
{
	struct process p = { pid, start_ticks, -1 };

	/* 0 and below are not processes but groups of them. */
	if (pid <= 1 || pid == getpid())
		return -ESRCH;

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0 && errno != ENOSYS)
		return errno == EINVAL ? -ESRCH : -errno;

	/* Asked after the pidfd, so that this is about the same process. */
	if (!is_there(proc, &p) || process_ended(proc, &p)) {
		process_close(&p);
		return -ESRCH;
	}

	*ret = p;
	return 0;
}

void process_close(struct process *p)
{
	close_at(&p->fd);
	p->fd = -1;
}

void process_signal(const struct process *p, int sig)
{
	/* ESRCH: it has ended, which is seen elsewhere. */
	if (p->fd >= 0)
		(void)syscall(SYS_pidfd_send_signal, p->fd, sig, NULL, 0);
	else
		(void)kill(p->pid, sig);
}

/* Its first thread may be a zombie long before the others are gone, which have
 * its files still. /proc/PID/task has a link for each thread, and two more. */
static bool threads_left(int proc, pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%d/task", (int)pid);
	return fstatat(proc, path, &st, 0) == 0 && st.st_nlink > 3;
}

/* A pidfd can be read when the last thread is gone, zombie or not. */
bool process_ended(int proc, const struct process *p)
{
	struct pollfd poller = { .fd = p->fd, .events = POLLIN };
	struct proc_stat st;

	if (p->fd >= 0)
		return poll(&poller, 1, 0) > 0;

	return proc_stat_read(proc, p->pid, &st) < 0 ||
	       st.start_ticks != p->start_ticks || st.state == 'X' ||
	       (st.state == 'Z' && !threads_left(proc, p->pid));
}

int process_kill(int proc, const struct process *p)
{
	const struct timespec step = { .tv_nsec = STEP_NS };

	process_signal(p, SIGKILL);
	for (int i = 0; i < STEPS_MAX; i++) {
		if (process_ended(proc, p))
			return 0;
		(void)nanosleep(&step, NULL);
	}

	return -ETIMEDOUT;
}

int process_take_fd(const struct process *p, int number)
{
	int fd;

	if (p->fd < 0)
		return -ENOSYS;

	fd = (int)syscall(SYS_pidfd_getfd, p->fd, number, 0);
	return fd < 0 ? -errno : fd;
}
