/* SPDX-License-Identifier: Apache-2.0 */
/* What is there before anything is served: directories, checked. All of this
 * says what went wrong, unless it is said otherwise, and returns 0 or -errno.
 */
#pragma once

#include <stddef.h>

struct config;
struct options;

/* The run directory PATH and the records' directory in it, made if they are
 * missing. The caller closes the first. */
int setup_run_dir(const char *path, int *ret);

/* The host's procfs. The caller closes it. */
int setup_proc(int *ret);

/* The absolute path of the mount point, made if it is missing. */
int setup_mountpoint(const struct options *o, const struct config *c, char *ret,
		     size_t size);

/* Let us, and workers as long as they start, run before others: there are
 * readers who wait. Best effort. Returns the priority that we had: nice(2). */
int setup_priority(void);

/* GIVEN as an absolute path, for a detached process changes its directory. Says
 * nothing. */
int setup_absolute(const char *given, char *ret, size_t size);
