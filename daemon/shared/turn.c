/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is to mount into a container. */
#include "turn.h"

#include <errno.h>
#include <fcntl.h>

#include "base.h"

/* An id is a byte of a file that has none: locks may lie behind its end. */
static off_t byte_of(const char *id)
{
	return (off_t)(hash_text(id) >> 1);
}

int turn_take(int run_dir, const char *id, bool wait)
{
	autoclose int fd =
		openat(run_dir, "turns",
		       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = byte_of(id),
		.l_len = 1,
	};

	if (fd < 0)
		return -errno;

	while (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock) < 0)
		if (errno != EINTR)
			return errno == EACCES ? -EAGAIN : -errno;

	return take_fd(&fd);
}
