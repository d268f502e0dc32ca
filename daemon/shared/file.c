/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, read whole and replaced whole. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "str.h"

#define CHUNK 8192

int file_read_fd(int fd, size_t max, struct str *out)
{
	size_t start = out->len;

	for (;;) {
		char *at = str_reserve(out, CHUNK);
		ssize_t n;

		if (!at)
			return out->err;

		n = read(fd, at, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		out->len += (size_t)n;
		out->text[out->len] = '\0';
		if (out->len - start > max)
			return -EFBIG;
		if (n == 0)
			return 0;
	}
}

int file_read(int dir, const char *path, size_t max, struct str *out)
{
	autoclose int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;

	return file_read_fd(fd, max, out);
}

/* One pread at offset OFFSET of the file. Returns the bytes read, or -errno;
 * *ROOM says how many there was room for. */
static ssize_t pread_chunk(int fd, size_t offset, struct str *out, size_t *room)
{
	char *at = str_reserve(out, CHUNK);
	ssize_t n;

	if (!at)
		return out->err;

	*room = out->cap - out->len - 1;
	n = pread(fd, at, *room, (off_t)offset);
	if (n < 0)
		return -errno;

	out->len += (size_t)n;
	out->text[out->len] = '\0';
	return n;
}

int file_pread_once(int fd, struct str *out)
{
	size_t start = out->len;
	size_t room = 0;
	ssize_t n;

	do
		n = pread_chunk(fd, out->len - start, out, &room);
	while (n > 0 && (size_t)n == room);

	return n < 0 ? (int)n : 0;
}

int file_pread_all(int fd, struct str *out)
{
	size_t start = out->len;
	size_t room = 0;
	ssize_t n;

	do
		n = pread_chunk(fd, out->len - start, out, &room);
	while (n > 0);

	return (int)n;
}

int file_pread_head(int fd, struct str *out)
{
	size_t room = 0;
	ssize_t n = pread_chunk(fd, 0, out, &room);

	return n < 0 ? (int)n : 0;
}

int file_write_fd(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}

	return 0;
}

/* A new file beside PATH, and its NAME. */
static int beside_open(int dir, const char *path, mode_t mode,
		       char name[static PATH_MAX])
{
	int fd;

	if (snprintf(name, PATH_MAX, "%s.%d.tmp", path, (int)getpid()) >=
	    PATH_MAX)
		return -ENAMETOOLONG;

	/* A leftover of a process that had our pid and died here. */
	(void)unlinkat(dir, name, 0);

	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

/* NAME is as it should be, or R says that it is not. */
static int settle(int dir, const char *name, const char *path, int r)
{
	if (r == 0 && renameat(dir, name, dir, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir, name, 0);

	return r;
}

int file_replace(int dir, const char *path, const char *text, size_t len,
		 mode_t mode)
{
	char name[PATH_MAX];
	autoclose int fd = beside_open(dir, path, mode, name);

	if (fd < 0)
		return fd;

	return settle(dir, name, path, file_write_fd(fd, text, len));
}

int file_replace_as(int dir, const char *path, const char *text, size_t len,
		    const struct stat *as)
{
	char name[PATH_MAX];
	autoclose int fd = beside_open(dir, path, 0600, name);
	int r;

	if (fd < 0)
		return fd;

	/* In this order: a change of owner takes away some bits. */
	r = file_write_fd(fd, text, len);
	if (r == 0 && (fchown(fd, as->st_uid, as->st_gid) < 0 ||
		       fchmod(fd, as->st_mode & 07777) < 0))
		r = -errno;

	return settle(dir, name, path, r);
}
