/* SPDX-License-Identifier: Apache-2.0 */
/* Directory streams that close themselves. */
#include "dir.h"

#include <errno.h>

#include "base.h"

void dir_close_at(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int dir_stream(int fd, DIR **ret)
{
	autoclose int owned = fd;

	*ret = fd < 0 ? NULL : fdopendir(fd);
	if (!*ret)
		return -errno;

	(void)take_fd(&owned);
	return 0;
}

const struct dirent *dir_next(DIR *dir)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is one thread's */
	return readdir(dir);
}
