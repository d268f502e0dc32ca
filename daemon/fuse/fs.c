/* SPDX-License-Identifier: Apache-2.0 */
/* The FUSE session: requests are read, executed and answered. */
#include "fs.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "base.h"
#include "operations.h"
#include "service.h"
#include "slots.h"

struct session {
	struct fuse_session *fuse;
	struct control *control;
};

static ssize_t request_read(int fd, void *buf, size_t size, void *data)
{
	(void)data;
	return read(fd, buf, min_u64(size, SLOT_IN));
}

/* Replies are all libfuse writes. They come from a serving thread, but for that
 * to a replayed INIT, for which nobody waits. */
static ssize_t reply_writev(int fd, struct iovec *iov, int count, void *data)
{
	const struct session *se = data;

	return executing ? slot_reply(se->control, executing->slot, fd, iov,
				      count)
			 : 0;
}

static int attach(struct session *se, int fd)
{
	static const struct fuse_custom_io io = {
		.read = request_read,
		.writev = reply_writev,
	};
	_Alignas(8) char request[INIT_MAX];
	struct fuse_buf init = {
		.mem = request, .size = slot_replay_init(se->control, request)
	};

	if (fuse_session_custom_io(se->fuse, &io, fd) != 0)
		return -EIO;
	executing = NULL;
	if (init.size)
		fuse_session_process_buf(se->fuse, &init);
	return fuse_session_exited(se->fuse) ? -EPROTO : 0;
}

int session_open(int fd, struct control *control, struct session **ret)
{
	char name[] = "resviewd";
	char *argv[] = { name, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct session *se = calloc(1, sizeof(*se));
	int r;

	if (!se)
		return -ENOMEM;

	se->control = control;
	se->fuse = fuse_session_new(&args, &operations, sizeof(operations), se);
	fuse_opt_free_args(&args);
	r = se->fuse ? attach(se, fd) : -ENOMEM;
	if (r < 0) {
		session_close(se);
		return r;
	}

	*ret = se;
	return 0;
}

void session_close(struct session *se)
{
	if (se && se->fuse)
		fuse_session_destroy(se->fuse);
	free(se);
}

int session_receive(struct session *se, struct thread *t)
{
	slot_clear(t->slot);
	return fuse_session_receive_buf(
		se->fuse, &(struct fuse_buf){ .mem = t->slot->in });
}

void session_execute(struct session *se, struct thread *t, size_t len)
{
	const struct fuse_buf buf = { .mem = t->slot->in, .size = len };
	const struct fuse_in_header in =
		*(const struct fuse_in_header *)(const void *)t->slot->in;

	executing = t;
	if (!slot_answer(se->control, t->slot, fuse_session_fd(se->fuse)))
		fuse_session_process_buf(se->fuse, &buf);
	/* Now, so that who follows us may count it again, but none forgets. */
	count_request(t, &in);
	slot_clear(t->slot);
}
