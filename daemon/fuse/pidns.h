/* SPDX-License-Identifier: Apache-2.0 */
/* From a process to the init of its pid namespace. */
#pragma once

#include <sys/types.h>

#include "proc.h"

/* The pid, seen from the host, of the init of pid namespace NS, which process
 * PID is in and NSFD is the file of. Returns it or -errno; -ESRCH when it
 * cannot be found. */
pid_t pidns_init(int proc, int nsfd, struct ns_id ns, pid_t pid);
