/* SPDX-License-Identifier: Apache-2.0 */
/* Our operations behind libfuse's low-level API. */
#include "operations.h"

#include <errno.h>
#include <linux/fuse.h>

#include "base.h"
#include "caller.h"
#include "catalog.h"
#include "files.h"
#include "handles.h"
#include "listing.h"
#include "service.h"
#include "slots.h"

#define LONG_TIME 86400.0 /* s: names and attributes do not change */

/* The kernel pins as many pages of the reader as a reply may have: two are
 * enough for most files, and a READ is a quarter cheaper than with 32. */
#define MAX_WRITE      8192
#define MAX_BACKGROUND 64

_Thread_local struct thread *executing;

static void op_init(void *data, struct fuse_conn_info *conn)
{
	(void)data;
	conn->max_write = MAX_WRITE;
	conn->max_readahead = 0;
	conn->max_background = MAX_BACKGROUND;
	conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
				  FUSE_CAP_SPLICE_MOVE | FUSE_CAP_ASYNC_DIO);
}

/* NAME in directory PARENT, for PID.
 *
 * A container that was given the whole tree has also containers/, with all
 * others in it. The kernel has their names cached, for no time: whoever walks
 * through one, it asks whether it still is good (fuse_dentry_revalidate() in
 * fs/fuse/dir.c). After an error it drops the name, for all: who has that
 * directory mounted has it "//deleted", and mounts below it are gone. But
 * ENOMEM it just passes on, on all kernels (others have EINTR, too, since
 * commit a9d1c4c6df0e). So that is the answer for every name in there, whether
 * there is one or not. */
static int look_up(struct service *s, uint64_t parent, const char *name,
		   pid_t pid, struct entry *ret)
{
	int r;

	if (catalog_is_containers(s->catalog, parent) &&
	    !caller_on_host(s->callers, pid))
		return -ENOMEM;

	r = catalog_lookup(s->catalog, parent, name, ret);
	return r == 0 && ret->host_only && !caller_on_host(s->callers, pid)
		       ? -ENOENT
		       : r;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct service *s = executing->service;
	struct entry e;
	int r = look_up(s, parent, name, fuse_req_ctx(req)->pid, &e);
	struct fuse_entry_param reply = { 0 };

	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}

	reply.ino = e.id;
	reply.attr_timeout = LONG_TIME;
	reply.entry_timeout = e.passing ? 0 : LONG_TIME;
	entry_stat(&e, (time_t)s->area->born, &reply.attr);
	fuse_reply_entry(req, &reply);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct service *s = executing->service;
	struct entry e;
	struct stat st;
	int r = catalog_stat(s->catalog, ino, &e);

	(void)fi;
	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}

	entry_stat(&e, (time_t)s->area->born, &st);
	fuse_reply_attr(req, &st, LONG_TIME);
}

static void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	autostr struct str target = { 0 };
	int r = catalog_readlink(executing->service->catalog, ino, &target);

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_readlink(req, str_text(&target));
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	int r = file_open(executing, ino, fuse_req_ctx(req)->pid, fi->flags,
			  &fi->fh);

	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}

	fi->direct_io = 1;
	fi->noflush = 1;
	fuse_reply_open(req, fi);
}

/* Does the kernel read for its page cache? That is what sendfile(2) and
 * splice(2) take from since Linux 6.5 (fuse_splice_read, fs/fuse/file.c), all
 * readers the same and for as long as it is there. So it stays empty: they fail
 * with EINVAL, after which programs read(2) instead. A reader's own READ has
 * his lock owner. */
static bool for_page_cache(const struct fuse_in_header *in)
{
	const struct fuse_read_in *read = (const void *)(in + 1);

	return !(read->read_flags & FUSE_READ_LOCKOWNER);
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	const struct fuse_in_header *in = (const void *)executing->slot->in;
	const struct reading at = {
		.fh = fi->fh,
		.unique = in->unique,
		.again = executing->again,
		.offset = offset,
		.size = min_u64(size,
				SLOT_OUT - sizeof(struct fuse_out_header)),
		.pid = (pid_t)in->pid,
	};
	struct slice text;
	int r = for_page_cache(in) ? -EINVAL
				   : file_slice(executing, ino, &at, &text);

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_buf(req, text.p, text.len);
}

/* NOLINTNEXTLINE(readability-function-size): libfuse's signature */
static void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf,
		     size_t size, off_t offset, struct fuse_file_info *fi)
{
	int r = file_write(executing, ino, fi->fh, (struct slice){ buf, size });

	(void)offset; /* like kernfs, whatever it is */
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_write(req, size);
}

/* The handle is forgotten at once: waiters are woken by the kernel's number of
 * it. ENOSYS for files that never wake anybody would end poll(2) for all. */
static void op_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
		    struct fuse_pollhandle *ph)
{
	const struct fuse_in_header *head = (const void *)executing->slot->in;
	const struct fuse_poll_in *in = (const void *)(head + 1);

	fuse_reply_poll(req, file_poll(executing, ino, fi->fh, ph ? in->kh : 0,
				       head->unique));
	if (ph)
		fuse_pollhandle_destroy(ph);
}

/* A shell opens a file it writes to with O_TRUNC: that changes nothing here. */
static void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr,
		       int to_set, struct fuse_file_info *fi)
{
	(void)attr;
	if (to_set &
	    ~(FUSE_SET_ATTR_SIZE | FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_CTIME))
		fuse_reply_err(req, EPERM);
	else
		op_getattr(req, ino, fi);
}

static void op_release(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	(void)ino;
	file_close(executing, fi->fh);
	fuse_reply_err(req, 0);
}

/* After ENOSYS to OPENDIR the kernel keeps listings, also of containers/. */
static void list(fuse_req_t req, fuse_ino_t ino, struct listing l)
{
	ssize_t n;

	l.pid = fuse_req_ctx(req)->pid;
	n = listing_fill(executing, ino, &l);
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_buf(req, executing->piece, (size_t)n);
}

static void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size,
		       off_t offset, struct fuse_file_info *fi)
{
	(void)fi;
	list(req, ino, (struct listing){ offset, size, 0, 0 });
}

static void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size,
			   off_t offset, struct fuse_file_info *fi)
{
	(void)fi;
	list(req, ino, (struct listing){ offset, size, 0, (int)LONG_TIME });
}

/* All else, like FLUSH, libfuse answers with ENOSYS, or not at all (FORGET). */
const struct fuse_lowlevel_ops operations = {
	.init = op_init,
	.lookup = op_lookup,
	.getattr = op_getattr,
	.readlink = op_readlink,
	.open = op_open,
	.read = op_read,
	.write = op_write,
	.poll = op_poll,
	.setattr = op_setattr,
	.release = op_release,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
};
