/* SPDX-License-Identifier: Apache-2.0 */
/* What a child of ours leaves behind before it becomes another program. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "base.h"

/* Everything that we block or ignore is our own affair. */
static void reset_signals(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &usual, NULL); /* not SIGKILL, SIGSTOP */
	sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static int place_log(int log)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (log < 0)
		return 0;
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		return -errno;

	return 0;
}

int child_prepare(int log)
{
	reset_signals();
	return place_log(log);
}
