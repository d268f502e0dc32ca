/* SPDX-License-Identifier: Apache-2.0 */
/* One worker, from its start to its end. */
#include "life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base.h"

void life_signal(const struct life *l, int sig)
{
	if (!l->ended)
		process_signal(&l->process, sig);
}

struct life_end life_describe(const struct life *l)
{
	struct life_end e;

	if (l->status == -1)
		(void)snprintf(e.text, sizeof(e.text), "has ended");
	else if (WIFSIGNALED(l->status))
		(void)snprintf(e.text, sizeof(e.text),
			       "was killed by signal %d (%s)",
			       WTERMSIG(l->status),
			       sigabbrev_np(WTERMSIG(l->status)) ?: "?");
	else
		(void)snprintf(e.text, sizeof(e.text), "has ended with %d",
			       WEXITSTATUS(l->status));

	return e;
}

bool life_exited(const struct life *l, int code)
{
	return l->ended && l->status != -1 && WIFEXITED(l->status) &&
	       WEXITSTATUS(l->status) == code;
}

int life_report(struct life *l)
{
	char byte;
	ssize_t n = read(l->report, &byte, 1);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;

	return n == 1 ? 1 : -EPIPE;
}

void life_close(struct life *l)
{
	close_at(&l->report);
	close_at(&l->binary);
	process_close(&l->process);
	*l = (struct life)LIFE_NONE;
}
