/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request in its slot. */
#include "slots.h"

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

static const struct fuse_in_header *request_of(const struct slot *slot)
{
	return (const void *)slot->in;
}

struct slot *slot_claim(struct control *c, uint32_t generation)
{
	for (unsigned i = 0; i < SLOTS_MAX; i++) {
		uint32_t nobody = 0;

		if (atomic_compare_exchange_strong(&c->slots[i].owner, &nobody,
						   generation)) {
			slot_clear(&c->slots[i]);
			slot_populate(&c->slots[i]);
			return &c->slots[i];
		}
	}

	return NULL;
}

void slot_release(struct slot *slot)
{
	slot_clear(slot);
	atomic_store(&slot->blame, 0);
	atomic_store(&slot->hung, 0);
	atomic_store(&slot->owner, 0);
}

void slot_populate(struct slot *slot)
{
	/* Before 5.14 there is no such advice; an atomic "or nothing" then
	 * writes every page without changing what is in it. */
	if (madvise(slot, sizeof(*slot), MADV_POPULATE_WRITE) < 0)
		for (size_t i = 0; i < sizeof(*slot); i += PAGE)
			atomic_fetch_or((_Atomic char *)slot + i, 0);

	(void)mlock(slot, sizeof(*slot)); /* RLIMIT_MEMLOCK may say no */
}

/* In this order: a request keeps the handle it has noted to its end. */
void slot_clear(struct slot *slot)
{
	struct fuse_in_header *in = (void *)slot->in;

	__atomic_store_n(&in->len, 0, __ATOMIC_SEQ_CST);
	atomic_store(&slot->fh, 0);
}

size_t slot_request(const struct slot *slot)
{
	uint32_t len = request_of(slot)->len;

	return len >= sizeof(struct fuse_in_header) && len <= SLOT_IN ? len : 0;
}

pid_t slot_caller(const struct slot *slot)
{
	return (pid_t)request_of(slot)->pid;
}

void slot_refuse(struct slot *slot, int fd, int error)
{
	struct fuse_out_header *out = (void *)slot->out;

	*out = (struct fuse_out_header){
		.len = sizeof(*out),
		.error = -error,
		.unique = request_of(slot)->unique,
	};
	(void)!write(fd, out, sizeof(*out)); /* ENOENT: it is over */
}

ssize_t slot_reply(struct control *c, struct slot *slot, int fd,
		   const struct iovec *iov, int count)
{
	size_t len = 0;

	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > SLOT_OUT - len) {
			slot_refuse(slot, fd, EIO); /* nobody waits for ever */
			errno = EMSGSIZE;
			return -1;
		}
		memcpy(slot->out + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	if (request_of(slot)->opcode == FUSE_INIT && len <= INIT_MAX) {
		memcpy(c->init_reply, slot->out, len);
		atomic_store(&c->init_reply_len, (uint32_t)len);
	}

	return write(fd, slot->out, len);
}

/* The first time it is kept, and libfuse answers. When it comes again, its
 * reader was killed, perhaps before the answer was out; libfuse, which has
 * heard it in the replay, would call it an error. */
static bool answer_init(struct control *c, const struct slot *slot, int fd)
{
	uint32_t len = atomic_load(&c->init_reply_len);

	if (len && len <= INIT_MAX) {
		(void)!write(fd, c->init_reply, len);
		return true;
	}

	if (slot_request(slot) <= INIT_MAX) {
		memcpy(c->init_request, slot->in, slot_request(slot));
		atomic_store(&c->init_request_len,
			     (uint32_t)slot_request(slot));
	}
	return false;
}

bool slot_answer(struct control *c, struct slot *slot, int fd)
{
	switch (request_of(slot)->opcode) {
	case FUSE_INIT:
		return answer_init(c, slot, fd);
	case FUSE_INTERRUPT:
		/* The kernel asks no more after one ENOSYS. libfuse would end
		 * a waiting request with EINTR, which no file in /proc does. */
		slot_refuse(slot, fd, ENOSYS);
		return true;
	default:
		return false;
	}
}

size_t slot_replay_init(const struct control *c, char *request)
{
	struct fuse_init_in *in =
		(void *)(request + sizeof(struct fuse_in_header));
	const struct fuse_init_out *out =
		(const void *)(c->init_reply + sizeof(struct fuse_out_header));
	size_t len = atomic_load(&c->init_request_len);

	/* Before Linux 5.17 it ends there. */
	if (len < sizeof(struct fuse_in_header) +
			    offsetof(struct fuse_init_in, flags2) ||
	    len > INIT_MAX || atomic_load(&c->init_reply_len) == 0)
		return 0;

	memcpy(request, c->init_request, INIT_MAX);
	in->minor = (uint32_t)min_u64(in->minor, out->minor);
	in->flags &= out->flags;
	in->flags2 &= out->flags2;
	return len;
}
