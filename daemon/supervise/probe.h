/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a mount of ours that may never be answered: each is asked by a
 * child, which is killed when it takes too long. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* statfs(2), waiting 5 s at most. Returns 0, -ENOTCONN when nobody holds the
 * connection, -ETIMEDOUT, or -errno. */
int probe_statfs(const char *mountpoint);

/* Reading MOUNTPOINT/proc/meminfo, one at a time, without waiting. */
struct probe {
	pid_t child; /* 0: none under way */
};

/* Ask, unless it is being asked. Returns 0 or -errno. */
int probe_start(struct probe *p, const char *mountpoint);

/* PID has ended with STATUS as from waitpid(2). True when it was ours; then
 * *ANSWER is 0 when there was text, -ENODATA or -errno. */
bool probe_reaped(struct probe *p, pid_t pid, int status, int *answer);

/* Nobody waits for the answer any more. */
void probe_stop(struct probe *p);
