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

#define STEP_NS   2000000
#define STEPS_MAX 2500 /* 5 s */

/* Asked in the child; only what is safe after fork() of a process with
 * threads. Returns an errno, 0 is fine. */
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

/* Nobody waits for a child that even SIGKILL does not end: the answer counts.
 */
static int await(pid_t child)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	int status;

	for (int i = 0; i < STEPS_MAX; i++) {
		pid_t pid = waitpid(child, &status, WNOHANG);

		if (pid < 0)
			return -errno;
		if (pid == child)
			return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
		(void)nanosleep(&step, NULL);
	}

	(void)kill(child, SIGKILL);
	(void)waitpid(child, &status, WNOHANG);
	return -ETIMEDOUT;
}

static int ask(question *q, const char *path)
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0)
		_exit(q(path));

	return await(child);
}

int probe_statfs(const char *mountpoint)
{
	return ask(ask_statfs, mountpoint);
}

int probe_read(const char *mountpoint)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/proc/meminfo", mountpoint) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;

	return ask(ask_read, path);
}
