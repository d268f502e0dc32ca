/* SPDX-License-Identifier: Apache-2.0 */
/* Open files: who was chosen at open, and the text being read in parts.
 *
 * A file handle as the kernel keeps it ("fh") names an entry of the table and
 * its generation. When the table, or a container's share of it, is used up, an
 * fh names only the container: such a file still reads well, every READ renders
 * anew. So nobody's open fails because somebody floods. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct area;
struct handle;

/* At most so many entries for one container. */
#define HANDLES_SHARE 1024

/* An fh for NODE as container SERIAL sees it, which may be a marked one. Never
 * fails, never 0. It is put down in NOTE before anything else: with what is in
 * there an OPEN that was cut short is brought to its end, and one that was not
 * is not done twice. */
uint64_t handle_open(struct area *a, uint64_t node, uint64_t serial,
		     _Atomic uint64_t *note);

/* Is, or was, the file of FH open, and not just promised by handle_open()? */
bool handle_begun(const struct area *a, uint64_t fh);

/* Is it one without an entry? */
bool handle_is_bare(uint64_t fh);

/* The container chosen at open. Returns 0 or -EBADF. */
int handle_serial(struct area *a, uint64_t fh, uint64_t *ret);

/* The mark that came with it, or 0. */
uint32_t handle_mark(struct area *a, uint64_t fh);

/* Done. A second time it is no error and does nothing. */
void handle_release(struct area *a, uint64_t fh);

/* A READ request. */
struct reading {
	uint64_t fh;
	uint64_t unique; /* of the request; 0: any text will do */
	bool again;      /* a worker that died may have executed it before */
	off_t offset;
	size_t size; /* at most */
	pid_t pid;   /* who reads */
};

/* Keep the text that AT has rendered. When a READ is executed again, the text
 * of a later one is not replaced: its reader may be in the middle of it. That
 * an id is greater the later its request was is so because the kernel has one
 * counter (fiq->reqctr, fs/fuse/dev.c); should it have more, only this rests on
 * it. False when there was no room for it. */
bool handle_store(struct area *a, const struct reading *at, const char *text,
		  size_t len);

/* Copy what AT asks for of the kept text; at offset 0 there is none, for it is
 * time for a new one, unless the READ is executed again, and it has made this
 * one or comes before it. Returns the bytes, 0 at the end, -ENODATA when there
 * is no text to serve. */
ssize_t handle_read(struct area *a, const struct reading *at, char *out);

/* The fh of entry INDEX if it is open and has a PSI trigger, or 0. */
uint64_t handle_with_trigger(struct area *a, uint32_t index);

/* The entry of FH, locked, or NULL; for what psi.c keeps in it. */
struct handle *handle_lock(struct area *a, uint64_t fh);
void handle_unlock(struct area *a, const struct handle *h);
