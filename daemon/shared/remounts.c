/* SPDX-License-Identifier: Apache-2.0 */
/* What resview-remount has done so far on this machine. */
#include "remounts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base.h"

#define TRIES 8

/* FLAGS: O_RDONLY or O_RDWR. */
static int open_at(int run, const char *path, int flags)
{
	int fd = openat(run, path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			0600);

	return fd < 0 ? -errno : fd;
}

int remounts_open(int run, const char *path)
{
	return open_at(run, path, O_RDONLY);
}

static int read_once(int fd, struct remounts *ret)
{
	ssize_t n = pread(fd, ret, sizeof(*ret), 0);

	if (n < 0)
		return -errno;
	if ((size_t)n < sizeof(*ret)) /* new, or cut by somebody */
		memset(ret, 0, sizeof(*ret));
	return 0;
}

/* A page of a file is not read in one piece while it is written: what is the
 * same twice was not. */
int remounts_read(int fd, struct remounts *ret)
{
	struct remounts last = { 0 };
	struct remounts now = { 0 };
	int r = read_once(fd, &last);

	for (int i = 0; r == 0 && i < TRIES; i++) {
		r = read_once(fd, &now);
		if (memcmp(&last, &now, sizeof(now)) == 0)
			break;
		last = now;
	}
	if (r == 0)
		*ret = now;

	return r;
}

int remounts_add(int run, const char *path, const struct remounts *done)
{
	autoclose int fd = open_at(run, path, O_RDWR);
	struct remounts all = { 0 };
	ssize_t n;
	int r = fd < 0 ? fd : remounts_read(fd, &all);

	if (r < 0)
		return r;

	all.runs += done->runs;
	all.repaired += done->repaired;
	all.failed += done->failed;
	all.last = max_u64(all.last, done->last);
	n = pwrite(fd, &all, sizeof(all), 0);
	if (n < 0)
		return -errno;

	return (size_t)n < sizeof(all) ? -ENOSPC : 0;
}
