/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and looking at what is inside a container, without being led astray
 * and without waiting for anybody: O_PATH below an fd, no link followed, and no
 * file system is asked. On kernels that lack a call, by those they have. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum inside {
	INSIDE_DIRECTORY = 1,
	INSIDE_ONE_MOUNT = 2, /* all but the last component of the path is in
			       * the mount that DIR is in */
};

/* An O_PATH fd of PATH below the directory DIR, "" and a leading '/' being DIR
 * itself, or -ELOOP for a symbolic link anywhere in it, -EXDEV when it leaves
 * DIR or the one mount, -errno. openat2(2); component by component before Linux
 * 5.6. */
int inside_open(int dir, const char *path, unsigned flags);

struct inside_look {
	uint64_t mnt_id;
	dev_t dev;
	ino_t ino;
	mode_t type; /* S_IFMT bits */
};

/* statx(2) with AT_STATX_DONT_SYNC; before Linux 5.8 the mount is asked of
 * PROC/self/fdinfo, where PROC is the host's procfs. Returns 0 or -errno. */
int inside_look(int proc, int fd, struct inside_look *ret);
