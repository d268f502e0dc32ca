/* SPDX-License-Identifier: Apache-2.0 */
/* Two at once would put a file over the other's. */
#include "alone.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base.h"
#include "log.h"

#define WAIT_NS (60 * NSEC_PER_SEC)
#define STEP_NS 100000000

int alone(int run_dir, const char *name)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	uint64_t begun = clock_ns(CLOCK_MONOTONIC);
	autoclose int fd =
		openat(run_dir, "remount.lock",
		       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return log_error(-errno, "nothing is done", "%s/remount.lock",
				 name);

	while (lockf(fd, F_TLOCK, 0) < 0) {
		if ((errno != EAGAIN && errno != EACCES) ||
		    clock_ns(CLOCK_MONOTONIC) - begun > WAIT_NS)
			return log_error(-errno, "nothing is done",
					 "lock %s/remount.lock, another "
					 "resview-remount may be at work",
					 name);
		(void)nanosleep(&step, NULL);
	}

	return take_fd(&fd);
}
