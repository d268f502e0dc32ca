/* SPDX-License-Identifier: Apache-2.0 */
/* What a service manager has left for us. */
#include "manager.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base.h"
#include "dir.h"
#include "parse.h"

#define FDS_MAX 256

/* Out of the environment, and out of our children's. */
static const char *take_variable(const char *name)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	const char *value = getenv(name);

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	(void)unsetenv(name);
	return value;
}

static uint64_t take_number(const char *name)
{
	const char *value = take_variable(name);
	uint64_t n = 0;

	if (value)
		(void)slice_u64(slice_of(value), &n);
	return n;
}

/* One could be started with a socket at 0, and take it for a file. */
static int open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -EBADF;

	return 0;
}

/* Linux before 5.9 has no close_range(2). */
static int close_listed(int first)
{
	autodir DIR *fds = NULL;
	const struct dirent *entry;
	int r = dir_stream(
		open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		&fds);

	if (r < 0)
		return r;

	while ((entry = dir_next(fds))) {
		uint64_t fd;

		if (slice_u64(slice_of(entry->d_name), &fd) == 0 &&
		    fd >= (uint64_t)first && fd < INT_MAX &&
		    (int)fd != dirfd(fds))
			close((int)fd);
	}

	return 0;
}

int manager_close_others(int first)
{
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return 0;

	return errno == ENOSYS ? close_listed(first) : -errno;
}

int manager_read(struct manager *ret)
{
	uint64_t listen_pid = take_number("LISTEN_PID");
	uint64_t fds = take_number("LISTEN_FDS");
	uint64_t watchdog_pid = take_number("WATCHDOG_PID");
	struct manager m = {
		.socket = take_variable("NOTIFY_SOCKET"),
		.names = take_variable("LISTEN_FDNAMES"),
		.watchdog_us = take_number("WATCHDOG_USEC"),
	};
	uint64_t self = (uint64_t)getpid();
	int r = open_standard_files();

	/* They may have been meant for a parent of ours. */
	if (watchdog_pid && watchdog_pid != self)
		m.watchdog_us = 0;
	if (listen_pid == self && fds <= FDS_MAX)
		m.fds = (unsigned)fds;
	if (r == 0)
		r = manager_close_others(MANAGER_FDS + (int)m.fds);
	if (r < 0)
		return r;

	for (unsigned i = 0; i < m.fds; i++)
		(void)fcntl(MANAGER_FDS + (int)i, F_SETFD, FD_CLOEXEC);
	*ret = m;
	return 0;
}

int manager_fd(const struct manager *m, const char *name)
{
	struct slice rest = slice_of(m->names ? m->names : "");
	struct slice one;

	for (int fd = MANAGER_FDS; fd < MANAGER_FDS + (int)m->fds; fd++) {
		if (!slice_until(&rest, ':', &one))
			return -1;
		if (slice_is(one, name))
			return fd;
	}

	return -1;
}

void manager_close(const struct manager *m, const int *keep, unsigned n)
{
	for (int fd = MANAGER_FDS; fd < MANAGER_FDS + (int)m->fds; fd++) {
		bool kept = false;

		for (unsigned i = 0; i < n; i++)
			kept = kept || keep[i] == fd;
		if (!kept)
			close(fd);
	}
}
