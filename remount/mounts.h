/* SPDX-License-Identifier: Apache-2.0 */
/* All mounts of one mount namespace, to be looked up. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "mountinfo.h"
#include "str.h"

struct mounts {
	struct str text;        /* what the list points into */
	struct mountinfo *list; /* by id, ascending */
	size_t count;
};

#define automounts __attribute__((cleanup(mounts_free)))
void mounts_free(struct mounts *m);

/* Of the process PID; 0 is the caller. Returns 0, -EFBIG when the kernel has
 * more than MAX bytes to say of them, -ESRCH or -errno. */
int mounts_read(int proc, pid_t pid, size_t max, struct mounts *ret);

/* Of the lines in TEXT, which *RET takes over. Returns 0 or -ENOMEM. */
int mounts_parse(struct str *text, struct mounts *ret);

/* The mount ID, or NULL. */
const struct mountinfo *mounts_find(const struct mounts *m, uint64_t id);
