/* SPDX-License-Identifier: Apache-2.0 */
/* A file with our pid, locked while we live. */
#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base.h"

int pidfile_open(int dir, const char *path)
{
	autoclose int fd =
		openat(dir, path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &lock) < 0)
		return errno == EACCES ? -EAGAIN : -errno;
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		return -errno;

	return take_fd(&fd);
}

void pidfile_close(const char *path, int fd)
{
	if (fd < 0)
		return;

	(void)unlink(path);
	close(fd);
}
