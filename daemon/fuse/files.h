/* SPDX-License-Identifier: Apache-2.0 */
/* Open, read and close of our files, without a word about FUSE. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "parse.h"

struct thread;

/* Open node ID with open(2)'s FLAGS for the caller PID. Returns 0 or -errno. */
int file_open(struct thread *t, uint64_t id, pid_t pid, int flags,
	      uint64_t *fh);

/* Where to read. */
struct reading {
	uint64_t id;
	uint64_t fh;
	uint64_t unique; /* of the request */
	off_t offset;
	size_t size;
};

/* Up to size bytes at offset, valid until T's next call. Returns 0 (an empty
 * slice at the end of the file) or -errno. */
int file_slice(struct thread *t, const struct reading *at, struct slice *ret);
