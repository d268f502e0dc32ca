/* SPDX-License-Identifier: Apache-2.0 */
/* What hook and remount tool give up before they look at anything. */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base.h"
#include "dir.h"
#include "parse.h"

#define CAP(name) (UINT64_C(1) << (name))

/* Mounting and setns(2); the namespaces of a process that is not ours; a
 * bundle that belongs to the engine's user. */
static const uint64_t kept = CAP(CAP_SYS_ADMIN) | CAP(CAP_SYS_CHROOT) |
			     CAP(CAP_SYS_PTRACE) | CAP(CAP_DAC_READ_SEARCH);

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
						 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return -errno;

	for (int i = 0; i < 2; i++) {
		unsigned mask = (unsigned)(kept >> (32 * i));

		data[i].permitted &= mask;
		data[i].effective &= mask;
		data[i].inheritable = 0;
	}

	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

/* A runtime may start us with stdin, stdout or stderr closed: the next file
 * that we open would then be taken for it. */
static int open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -EBADF;

	return 0;
}

/* Before close_range(2), Linux 5.9. */
static int close_listed(void)
{
	autodir DIR *list = NULL;
	const struct dirent *e;
	uint64_t fd;
	int r = dir_stream(
		open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		&list);

	while (r == 0 && (e = dir_next(list)))
		if (slice_u64(slice_of(e->d_name), &fd) == 0 &&
		    fd > STDERR_FILENO && (int)fd != dirfd(list))
			(void)close((int)fd);

	return r;
}

/* runc of before 1.2 let files of its own through (CVE-2024-21626). */
static int close_others(void)
{
	if (close_range(STDERR_FILENO + 1, ~0U, 0) == 0)
		return 0;

	return errno == ENOSYS ? close_listed() : -errno;
}

int confine(void)
{
	int r = open_standard_files();

	if (r == 0)
		r = close_others();
	if (r < 0)
		return r;

	/* The runtime may pass on its caller's environment. */
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	if (clearenv() != 0)
		return -ENOMEM;
	umask(077);

	/* A runtime that does not read what we say must not kill us for it. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;

	return drop_capabilities();
}
