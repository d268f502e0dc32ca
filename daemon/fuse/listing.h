/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as READDIR wants it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct thread;

/* What part of a directory, and how. */
struct listing {
	off_t offset;   /* the number of entries before it */
	size_t size;    /* bytes at most */
	pid_t pid;      /* who asks */
	uint64_t valid; /* READDIRPLUS: s that names and attributes are good
			 * for; 0: READDIR */
};

/* Put entries of directory ID into t->piece. Returns the bytes or -errno. */
ssize_t listing_fill(struct thread *t, uint64_t id, const struct listing *l);
