/* SPDX-License-Identifier: Apache-2.0 */
/* Workers whose supervisor was killed: they serve on, and the next supervisor
 * takes the connection from them. RUN_DIR/worker says who they are, a line
 * "PID START_TICKS" for each. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct handed;
struct process;

/* Write the N processes PIDS, started at TICKS. Returns 0 or -errno. */
int orphan_note(int run_dir, const pid_t *pids, const uint64_t *ticks,
		size_t n);

/* Nobody serves any more. */
void orphan_forget(int run_dir);

/* One that lives still. Returns 1, or 0 when there is none. */
int orphan_find(int run_dir, int proc, struct process *ret);

/* Copies of its fds, by pidfd_getfd(2). Returns 0, -ENOSYS before Linux 5.6,
 * or -errno. */
int orphan_take(const struct process *p, struct handed *ret);
