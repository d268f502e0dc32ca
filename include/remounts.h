/* SPDX-License-Identifier: Apache-2.0 */
/* What resview-remount has done so far on this machine: numbers that it writes
 * and the worker shows. A file of the run directory, never removed or renamed,
 * so that who has it open sees all. */
#pragma once

#include <stdint.h>

#define REMOUNTS_FILE "remounts" /* in the run directory */

struct remounts {
	uint64_t runs;     /* that may have changed something */
	uint64_t repaired; /* views, of containers */
	uint64_t failed;   /* views and namespaces */
	uint64_t last;     /* end of the last run, seconds since the epoch */
};

/* Open it for reading, made if it is missing, in the directory RUN (an fd, or
 * AT_FDCWD) at PATH. Returns the fd or -errno. */
int remounts_open(int run, const char *path);

/* All 0 when nothing was ever done. Returns 0 or -errno. */
int remounts_read(int fd, struct remounts *ret);

/* Add a run that has REPAIRED and FAILED so many, and ended NOW. One process at
 * a time. Returns 0 or -errno. */
int remounts_add(int run, const char *path, const struct remounts *done);
