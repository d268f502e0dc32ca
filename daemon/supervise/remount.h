/* SPDX-License-Identifier: Apache-2.0 */
/* Where no service manager does it: once we serve, resview-remount puts right
 * what containers have of a connection before ours, or do not have at all. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct spawn;

struct remount {
	pid_t child; /* 0: none under way */
};

/* Start it, without waiting: what it meets in containers may hang. What goes
 * wrong is said, here or by the child. */
void remount_start(struct remount *p, const struct spawn *s);

/* PID has ended with STATUS as from waitpid(2). True when it was ours. */
bool remount_reaped(struct remount *p, pid_t pid, int status);

/* Our end is its end. */
void remount_stop(const struct remount *p);
