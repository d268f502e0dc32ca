/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a resview-worker: the request that has it open the file
 * io.pressure of a cgroup named "poison" ends it, or, if RESVIEW_FAULT is
 * "hang", is never done. */
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS_MAX 4096
#define GROUP   "/poison"
#define NAME    "io.pressure"

/* They take the place of the C library's functions of these names; the second
 * is what the first is with _FORTIFY_SOURCE. */
int open_any(int dir, const char *path, int flags, ...) __asm__("openat");
int open_old(int dir, const char *path, int flags) __asm__("__openat_2");

static _Atomic bool poisoned[FDS_MAX]; /* is it such a cgroup's directory? */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static void fail(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *how = getenv("RESVIEW_FAULT");

	if (!how || strcmp(how, "hang") != 0)
		abort();

	/* The first one to come here, too, waits for ever. */
	(void)pthread_mutex_lock(&lock);
	(void)pthread_mutex_lock(&lock);
}

static int open_or_fail(int dir, const char *path, int flags, mode_t mode)
{
	int fd;

	if (dir >= 0 && dir < FDS_MAX && atomic_load(&poisoned[dir]) &&
	    strcmp(path, NAME) == 0)
		fail();

	fd = (int)syscall(SYS_openat, dir, path, flags, mode);
	if (fd >= 0 && fd < FDS_MAX)
		atomic_store(&poisoned[fd], ends_with(path, GROUP));
	return fd;
}

int open_any(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, mode_t);
	va_end(args);

	return open_or_fail(dir, path, flags, mode);
}

int open_old(int dir, const char *path, int flags)
{
	return open_or_fail(dir, path, flags, 0);
}
