/* SPDX-License-Identifier: Apache-2.0 */
/* Open, read and close of our files, without a word about FUSE. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "parse.h"

struct reading;
struct thread;

/* Open node ID with open(2)'s FLAGS for the caller PID. Returns 0 or -errno. */
int file_open(struct thread *t, uint64_t id, pid_t pid, int flags,
	      uint64_t *fh);

/* What AT asks for of node ID, valid until T's next call. Returns 0 (an empty
 * slice at the end of the file) or -errno. */
int file_slice(struct thread *t, uint64_t id, const struct reading *at,
	       struct slice *ret);

/* Write TEXT into the file: only a PSI trigger into a pressure file. Returns 0
 * or -errno. */
int file_write(struct thread *t, uint64_t id, uint64_t fh, struct slice text);

/* What poll(2) says; KH and UNIQUE as in psi.h. Files that take no triggers are
 * always readable, and nobody has to be woken for them. */
unsigned file_poll(struct thread *t, uint64_t id, uint64_t fh, uint64_t kh,
		   uint64_t unique);

void file_close(struct thread *t, uint64_t fh);
