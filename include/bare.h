/* SPDX-License-Identifier: Apache-2.0 */
/* Directories cut off from everything around them. */
#pragma once

#include <stdbool.h>

enum {
	BARE_WRITABLE = 1, /* else nothing below it can be written */
	BARE_DEEP = 2,     /* with what is mounted in it */
};

/* Open directory PATH of AT as the top of a mount of its own, which is nowhere
 * in the tree: ".." leads back to it, and what is mounted over its files (our
 * own views may be, and we would wait for ourselves) is not there. Before Linux
 * 5.2, and without the right to mount, it is the plain directory, and read-only
 * it is since 5.12. Returns an O_PATH fd or -errno. */
int bare_open(int at, const char *path, unsigned flags);

/* Does ".." of directory FD lead nowhere? */
bool bare_is(int fd);
