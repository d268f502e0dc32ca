/* SPDX-License-Identifier: Apache-2.0 */
/* A process that somebody else has started. A pid alone may be another's by
 * now; with the time at which it started it is not, and a pidfd stays right. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
	pid_t pid;
	uint64_t start_ticks; /* as in struct proc_stat */
	int fd;               /* pidfd; -1 before Linux 5.3 */
};

/* PROC is the host's procfs. Returns 0, -ESRCH when it is gone, or -errno. */
int process_open(int proc, pid_t pid, uint64_t start_ticks,
		 struct process *ret);

void process_close(struct process *p);

void process_signal(const struct process *p, int sig);

/* Are all its threads gone? */
bool process_ended(int proc, const struct process *p);

/* Kill it, and wait a second at most. Returns 0 when it is gone, -ETIMEDOUT
 * when it hangs in the kernel. */
int process_kill(int proc, const struct process *p);

/* Take the fd NUMBER of it. Returns ours, -ENOSYS before Linux 5.6, or
 * -errno. */
int process_take_fd(const struct process *p, int number);
