/* SPDX-License-Identifier: Apache-2.0 */
/* What spaces.c and hidden.c share. */
#pragma once

#include <stdbool.h>

#include "spaces.h"

struct scan {
	int proc;
	dev_t dev; /* of nsfs */
	ino_t own; /* these two are nobody's */
	ino_t host;
	struct spaces found;
	size_t sorted; /* so many of FOUND, by inode */
};

/* Append one, unless it is to be passed over. An fd is taken over, also on
 * failure. Returns 0 or -ENOMEM. */
int scan_add(struct scan *s, ino_t ino, pid_t pid, int fd);

/* Is it passed over, or among the sorted ones? */
bool scan_knows(const struct scan *s, ino_t ino);

/* Append those that no process is in, oldest first. Returns 0, also on kernels
 * that cannot list them (before Linux 6.12), or -errno. */
int hidden_add(struct scan *s);
