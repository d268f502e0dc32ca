/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request in its slot. */
#include "slots.h"

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "area.h"

static const struct fuse_in_header *request_of(const struct slot *slot)
{
	return (const void *)slot->in;
}

void slot_clear(struct slot *slot)
{
	struct fuse_in_header *in = (void *)slot->in;

	atomic_store(&slot->fh, 0);
	__atomic_store_n(&in->len, 0, __ATOMIC_SEQ_CST);
}

ssize_t slot_reply(struct area *a, struct slot *slot, int fd,
		   const struct iovec *iov, int count)
{
	size_t len = 0;

	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > SLOT_OUT - len) {
			errno = EMSGSIZE;
			return -1;
		}
		memcpy(slot->out + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	if (request_of(slot)->opcode == FUSE_INIT && len <= INIT_MAX) {
		memcpy(a->init_reply, slot->out, len);
		atomic_store(&a->init_reply_len, (uint32_t)len);
	}

	return write(fd, slot->out, len);
}

void slot_note_init(struct area *a, const struct slot *slot)
{
	const struct fuse_in_header *in = request_of(slot);

	if (in->opcode != FUSE_INIT || in->len > INIT_MAX)
		return;

	memcpy(a->init_request, in, in->len);
	atomic_store(&a->init_request_len, in->len);
}

/* The kernel asks no more after one ENOSYS. libfuse would end a waiting request
 * with EINTR, which no file in /proc does. */
bool slot_refuse_interrupt(struct slot *slot, int fd)
{
	const struct fuse_in_header *in = request_of(slot);
	struct fuse_out_header *out = (void *)slot->out;

	if (in->opcode != FUSE_INTERRUPT)
		return false;

	*out = (struct fuse_out_header){
		.len = sizeof(*out),
		.error = -ENOSYS,
		.unique = in->unique,
	};
	(void)!write(fd, out, sizeof(*out)); /* ENOENT: it is over */
	return true;
}
