/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request in its slot: taken in, answered, over. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct area;
struct iovec;
struct slot;

/* There is no request in SLOT. */
void slot_clear(struct slot *slot);

/* The parts of a reply, put together in the slot and written to FD in one
 * write(2): its pages are in place. Returns as writev(2). */
ssize_t slot_reply(struct area *a, struct slot *slot, int fd,
		   const struct iovec *iov, int count);

/* When the request is the connection's INIT, keep it, as slot_reply() keeps the
 * answer: a successor replays both. */
void slot_note_init(struct area *a, const struct slot *slot);

/* Is the request an INTERRUPT? Then it has been answered. */
bool slot_refuse_interrupt(struct slot *slot, int fd);
