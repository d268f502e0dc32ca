/* SPDX-License-Identifier: Apache-2.0 */
/* The FUSE session: our operations behind libfuse's low-level API. */
#define FUSE_USE_VERSION 314

#include "fs.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base.h"
#include "files.h"
#include "handles.h"
#include "service.h"
#include "tree.h"

#define LONG_TIME 86400.0 /* s: names and attributes do not change */

/* The kernel pins as many pages of the reader as a reply may have: two are
 * enough for most files, and a READ is a quarter cheaper than with 32. */
#define MAX_WRITE      8192
#define MAX_BACKGROUND 64

struct session {
	struct fuse_session *fuse;
	struct service *service;
	int fd;
};

/* libfuse calls back without a word about who called it. */
static _Thread_local struct thread *self;

static struct service *service_of(fuse_req_t req)
{
	const struct session *se = fuse_req_userdata(req);

	return se->service;
}

static void fill_attr(const struct service *s, const struct entry *e,
		      struct stat *st)
{
	*st = (struct stat){
		.st_ino = e->id,
		.st_mode = e->mode,
		.st_nlink = S_ISDIR(e->mode) ? 2 : 1,
		.st_size = e->size,
		.st_blksize = PAGE,
		.st_atime = (time_t)s->area->born,
		.st_mtime = (time_t)s->area->born,
		.st_ctime = (time_t)s->area->born,
	};
}

static void op_init(void *data, struct fuse_conn_info *conn)
{
	(void)data;
	conn->max_write = MAX_WRITE;
	conn->max_readahead = 0;
	conn->max_background = MAX_BACKGROUND;
	conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
				  FUSE_CAP_SPLICE_MOVE | FUSE_CAP_ASYNC_DIO);
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct service *s = service_of(req);
	struct entry e;
	int r = tree_lookup(s->tree, parent, name, &e);
	struct fuse_entry_param reply = { 0 };

	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}

	reply.ino = e.id;
	reply.attr_timeout = LONG_TIME;
	reply.entry_timeout = e.passing ? 0 : LONG_TIME;
	fill_attr(s, &e, &reply.attr);
	fuse_reply_entry(req, &reply);
}

/* Node ids are computed, so there is nothing to forget. */
static void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
	(void)ino;
	(void)nlookup;
	fuse_reply_none(req);
}

static void op_forget_multi(fuse_req_t req, size_t count,
			    struct fuse_forget_data *forgets)
{
	(void)count;
	(void)forgets;
	fuse_reply_none(req);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct service *s = service_of(req);
	struct entry e;
	struct stat st;
	int r = tree_stat(s->tree, ino, &e);

	(void)fi;
	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}

	fill_attr(s, &e, &st);
	fuse_reply_attr(req, &st, LONG_TIME);
}

static void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	autostr struct str target = { 0 };
	int r = tree_readlink(service_of(req)->tree, ino, &target);

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_readlink(req, str_text(&target));
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	int r = file_open(self, ino, fuse_req_ctx(req)->pid, fi->flags,
			  &fi->fh);

	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}

	fi->direct_io = 1;
	fi->noflush = 1;
	fuse_reply_open(req, fi);
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	const struct fuse_in_header *in = (const void *)self->slot->in;
	const struct reading at = {
		.id = ino,
		.fh = fi->fh,
		.unique = in->unique,
		.offset = offset,
		.size = min_u64(size,
				SLOT_OUT - sizeof(struct fuse_out_header)),
	};
	struct slice text;
	int r = file_slice(self, &at, &text);

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_buf(req, text.p, text.len);
}

static void op_release(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	(void)ino;
	handle_release(service_of(req)->area, fi->fh);
	fuse_reply_err(req, 0);
}

struct filling {
	fuse_req_t req;
	off_t skip; /* entries of earlier calls */
	off_t next;
	size_t len;
	size_t size;
	bool full;
};

static void fill_entry(void *data, const char *name, mode_t mode)
{
	struct filling *f = data;
	const struct stat st = { .st_mode = mode, .st_ino = UINT32_MAX };
	size_t n;

	if (f->full || f->next++ < f->skip)
		return;

	n = fuse_add_direntry(f->req, self->piece + f->len, f->size - f->len,
			      name, &st, f->next);
	if (n > f->size - f->len)
		f->full = true;
	else
		f->len += n;
}

/* An offset is the number of entries before it. OPENDIR is answered, although
 * ENOSYS would save it: the kernel then keeps listings, also of containers/. */
static void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size,
		       off_t offset, struct fuse_file_info *fi)
{
	struct filling f = {
		.req = req,
		.skip = offset,
		.size = min_u64(size, MAX_WRITE),
	};
	int r;

	(void)fi;
	fill_entry(&f, ".", S_IFDIR);
	fill_entry(&f, "..", S_IFDIR);
	r = tree_list(service_of(req)->tree, ino, fill_entry, &f);
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_buf(req, self->piece, f.len);
}

static void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	const struct statvfs st = {
		.f_bsize = PAGE,
		.f_frsize = PAGE,
		.f_namemax = NODE_NAME - 1,
	};

	(void)ino;
	fuse_reply_statfs(req, &st);
}

/* The rest is answered with ENOSYS by libfuse: the kernel then does not ask for
 * FLUSH, ACCESS or extended attributes again. */
static const struct fuse_lowlevel_ops ops = {
	.init = op_init,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.readlink = op_readlink,
	.open = op_open,
	.read = op_read,
	.release = op_release,
	.readdir = op_readdir,
	.statfs = op_statfs,
};

static ssize_t io_read(int fd, void *buf, size_t size, void *data)
{
	(void)data;
	return read(fd, buf, min_u64(size, SLOT_IN));
}

/* Put the reply together in the slot, whose pages are in place. */
static ssize_t io_writev(int fd, struct iovec *iov, int count, void *data)
{
	struct area *a = ((const struct session *)data)->service->area;
	struct slot *slot = self->slot;
	const struct fuse_in_header *in = (const void *)slot->in;
	size_t len = 0;

	for (int i = 0; i < count; i++) {
		if (iov[i].iov_len > SLOT_OUT - len) {
			errno = EMSGSIZE;
			return -1;
		}
		memcpy(slot->out + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	if (in->opcode == FUSE_INIT && len <= INIT_MAX) {
		memcpy(a->init_reply, slot->out, len);
		atomic_store(&a->init_reply_len, (uint32_t)len);
	}

	return write(fd, slot->out, len);
}

int session_open(struct service *s, int fd, struct session **ret)
{
	static const struct fuse_custom_io io = {
		.read = io_read,
		.writev = io_writev,
	};
	char name[] = "resviewd";
	char *argv[] = { name, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct session *se = calloc(1, sizeof(*se));
	int own;
	int r;

	if (!se)
		return -ENOMEM;

	se->service = s;
	se->fd = fd;
	se->fuse = fuse_session_new(&args, &ops, sizeof(ops), se);
	own = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* closed with the session */
	r = se->fuse && own >= 0 ? fuse_session_custom_io(se->fuse, &io, own)
				 : -ENOMEM;
	if (r) {
		close_at(&own);
		session_close(se);
		return r < 0 ? r : -EIO;
	}

	*ret = se;
	return 0;
}

void session_close(struct session *se)
{
	if (!se)
		return;

	if (se->fuse)
		fuse_session_destroy(se->fuse);
	free(se);
}

/* The mark of an unfinished request, see struct slot. */
static void slot_clear(struct slot *slot)
{
	struct fuse_in_header *in = (void *)slot->in;

	atomic_store(&slot->fh, 0);
	__atomic_store_n(&in->len, 0, __ATOMIC_SEQ_CST);
}

int session_receive(struct session *se, struct thread *t)
{
	struct fuse_buf buf = { .mem = t->slot->in };

	slot_clear(t->slot);
	return fuse_session_receive_buf(se->fuse, &buf);
}

/* The kernel asks no more after one ENOSYS. libfuse would answer a reader with
 * EINTR, which no file in /proc does. */
static void refuse_interrupt(const struct session *se, struct slot *slot)
{
	const struct fuse_in_header *in = (const void *)slot->in;
	struct fuse_out_header *out = (void *)slot->out;

	*out = (struct fuse_out_header){
		.len = sizeof(*out),
		.error = -ENOSYS,
		.unique = in->unique,
	};
	(void)!write(se->fd, out, sizeof(*out)); /* ENOENT: it is over */
}

void session_execute(struct session *se, struct thread *t, int len)
{
	struct area *a = se->service->area;
	const struct fuse_in_header *in = (const void *)t->slot->in;
	const struct fuse_buf buf = {
		.mem = t->slot->in,
		.size = (size_t)len,
	};

	self = t;
	if (in->opcode == FUSE_INIT && len <= INIT_MAX) {
		memcpy(a->init_request, t->slot->in, (size_t)len);
		atomic_store(&a->init_request_len, (uint32_t)len);
	}

	if (in->opcode == FUSE_INTERRUPT)
		refuse_interrupt(se, t->slot);
	else
		fuse_session_process_buf(se->fuse, &buf);
	slot_clear(t->slot);
}
