/* SPDX-License-Identifier: Apache-2.0 */
/* Into the background, but not before the service works. */
#include "detach.h"

#include <errno.h>
#include <fcntl.h>

#include "base.h"

int detach_begin(void)
{
	int ends[2];
	pid_t child;
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;

	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		close(ends[0]);
		(void)setsid();
		return ends[1];
	}

	close(ends[1]);
	_exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
}

int detach_log(int run_dir, const char *name)
{
	int fd = openat(run_dir, name,
			O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
			0600);

	return fd < 0 ? -errno : fd;
}

int detach_done(int fd, int log)
{
	autoclose int done = fd;
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(log, STDERR_FILENO) < 0 || chdir("/") < 0)
		return -errno;

	return write(done, "", 1) == 1 ? 0 : -EPIPE;
}
