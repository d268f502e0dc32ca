/* SPDX-License-Identifier: Apache-2.0 */
/* What a service manager has left for us: in the environment, and as open
 * files. sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3), by their
 * documented protocols: that is less code than a library, and none that we do
 * not use. */
#pragma once

#include <stdint.h>

#define MANAGER_FDS 3 /* the first */

struct manager {
	const char *socket;   /* $NOTIFY_SOCKET, or NULL */
	const char *names;    /* of the fds, "a:b:c" */
	unsigned fds;         /* how many, from MANAGER_FDS on */
	uint64_t watchdog_us; /* it wants to hear from us so often; 0: never */
};

/* Read it, and take it out of the environment: none of it is for our children.
 * The texts stay valid. Files that are not standard ones and not passed on
 * purpose are closed; those that are get FD_CLOEXEC. Returns 0 or -errno. */
int manager_read(struct manager *ret);

/* The fd that is called NAME, or -1. */
int manager_fd(const struct manager *m, const char *name);

/* Close the fds but the N in KEEP. */
void manager_close(const struct manager *m, const int *keep, unsigned n);

/* Close all files from FIRST on. Returns 0 or -errno. */
int manager_close_others(int first);
