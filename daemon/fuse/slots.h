/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request in its slot: taken in, answered, over. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "control.h"

struct iovec;

/* A free slot for GENERATION, its memory in place, or NULL. */
struct slot *slot_claim(struct control *c, uint32_t generation);

/* Whoever needs one may have it. */
void slot_release(struct slot *slot);

/* Put a slot's memory in place and lock it there: read(2) and write(2) of
 * /dev/fuse answer a reader with EIO when they have to fault a page in while we
 * are being killed. Locking is best effort. */
void slot_populate(struct slot *slot);

/* There is no request in SLOT. */
void slot_clear(struct slot *slot);

/* Bytes of the request in SLOT; 0: there is none, or it is no request. */
size_t slot_request(const struct slot *slot);

/* Who asks for what lies in SLOT. */
pid_t slot_caller(const struct slot *slot);

/* The parts of a reply, put together in the slot and written to FD in one
 * write(2): its pages are in place. The answer to INIT is kept. Returns as
 * writev(2). */
ssize_t slot_reply(struct control *c, struct slot *slot, int fd,
		   const struct iovec *iov, int count);

/* Answer the request in SLOT with ERROR (an errno). */
void slot_refuse(struct slot *slot, int fd, int error);

/* Answer what needs nobody to think about it. False: it is not of that kind. */
bool slot_answer(struct control *c, struct slot *slot, int fd);

/* The connection's INIT as a successor has to hear it: no more is offered than
 * was agreed on. REQUEST takes INIT_MAX bytes. Returns its size, 0 when the
 * kernel has not been answered yet. */
size_t slot_replay_init(const struct control *c, char *request);
