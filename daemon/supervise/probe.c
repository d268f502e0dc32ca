/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a mount of ours that may never be answered. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>

#include "base.h"
#include "manager.h"

#define STEP_NS   2000000
#define STEPS_MAX 2500 /* 5 s */

/* Asked in the child. Returns an errno, 0 is fine. */
typedef int question(const char *path);

static int ask_statfs(const char *path)
{
	struct statfs st;

	return statfs(path, &st) < 0 ? errno : 0;
}

static int ask_read(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno;

	n = read(fd, &byte, 1);
	if (n < 0)
		return errno;
	return n == 0 ? ENODATA : 0;
}

/* The child may hang in the kernel for as long as nobody answers, SIGKILL or
 * not: so it must hold nothing of ours, the connection least of all. */
static pid_t ask(question *q, const char *path)
{
	pid_t child = fork();

	if (child == 0) {
		(void)manager_close_others(STDERR_FILENO + 1);
		_exit(q(path));
	}

	return child < 0 ? -errno : child;
}

static int answer_of(int status)
{
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

int probe_statfs(const char *mountpoint)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	pid_t child = ask(ask_statfs, mountpoint);
	int status;

	if (child < 0)
		return child;

	for (int i = 0; i < STEPS_MAX; i++) {
		pid_t pid = waitpid(child, &status, WNOHANG);

		if (pid < 0)
			return -errno;
		if (pid == child)
			return answer_of(status);
		(void)nanosleep(&step, NULL);
	}

	/* Nobody waits for what even SIGKILL may not end. */
	(void)kill(child, SIGKILL);
	return -ETIMEDOUT;
}

int probe_start(struct probe *p, const char *mountpoint)
{
	char path[PATH_MAX];
	pid_t child;

	if (p->child)
		return 0;
	if (snprintf(path, sizeof(path), "%s/proc/meminfo", mountpoint) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;

	child = ask(ask_read, path);
	if (child < 0)
		return child;

	p->child = child;
	return 0;
}

bool probe_reaped(struct probe *p, pid_t pid, int status, int *answer)
{
	if (pid != p->child || pid == 0)
		return false;

	p->child = 0;
	*answer = answer_of(status);
	return true;
}

void probe_stop(struct probe *p)
{
	if (p->child)
		(void)kill(p->child, SIGKILL);
}
