/* SPDX-License-Identifier: Apache-2.0 */
/* Whose container is a caller in, when the path does not say so?
 *
 * A caller in the host's pid namespace: its own cgroup. Any other: the cgroup
 * of the init of its pid namespace. Nothing is forked and no namespace is
 * entered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct callers;
struct containers;
struct host;
struct policy;

/* Returns 0, -ENOMEM, or -errno when our own namespaces cannot be read. */
int callers_open(struct host *host, struct containers *cs,
		 const struct policy *policy, struct callers **ret);
void callers_close(struct callers *cl);

/* The container of PID, a thread id as the FUSE request has it; 0 is a caller
 * that cannot be seen from here, and gets the machine's figures. Thread-safe.
 * Returns 0 or -errno. */
int caller_find(struct callers *cl, pid_t pid, uint64_t *ret);

/* Is PID in the host's pid namespace, that of this process? Not if that cannot
 * be told. */
bool caller_on_host(const struct callers *cl, pid_t pid);

/* Forget namespaces whose init is gone; for the sampler. */
void callers_tick(struct callers *cl);
