/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as READDIR wants it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct thread;

/* Put the entries of directory ID from OFFSET on into t->piece, SIZE bytes at
 * most. An offset is the number of entries before it. Returns the bytes or
 * -errno. */
ssize_t listing_fill(struct thread *t, uint64_t id, off_t offset, size_t size);
