/* SPDX-License-Identifier: Apache-2.0 */
/* The least a FUSE file system can cost: files of constant content, served with
 * the options and the loop that were measured to be the cheapest. */

#define FUSE_USE_VERSION 314

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <stdio.h>
#include <string.h>

#include "base.h"

#define FILES_MAX   16
#define TEXT_MAX    65536
#define FOR_EVER    3600.0 /* s: nothing here ever changes */
#define FIRST_INODE (FUSE_ROOT_ID + 1)

struct constant {
	char name[NAME_MAX + 1];
	char text[TEXT_MAX];
	size_t len;
};

struct constants {
	struct constant file[FILES_MAX];
	size_t n;
};

static struct stat attributes(fuse_ino_t ino)
{
	if (ino == FUSE_ROOT_ID)
		return (struct stat){ .st_ino = ino,
				      .st_mode = S_IFDIR | 0755,
				      .st_nlink = 2 };

	return (struct stat){ .st_ino = ino,
			      .st_mode = S_IFREG | 0444,
			      .st_nlink = 1 };
}

static void on_init(void *data, struct fuse_conn_info *conn)
{
	(void)data;
	conn->max_write = 8192;
	conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
				  FUSE_CAP_SPLICE_MOVE);
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	const struct constants *all = fuse_req_userdata(req);
	struct fuse_entry_param entry = { .attr_timeout = FOR_EVER,
					  .entry_timeout = FOR_EVER };

	(void)parent;
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->file[i].name, name) == 0)
			entry.ino = FIRST_INODE + i;

	if (entry.ino == 0) {
		fuse_reply_err(req, ENOENT);
		return;
	}

	entry.attr = attributes(entry.ino);
	fuse_reply_entry(req, &entry);
}

static void on_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *info)
{
	struct stat attr = attributes(ino);

	(void)info;
	fuse_reply_attr(req, &attr, FOR_EVER);
}

static void on_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
	(void)ino;
	info->direct_io = 1;
	info->noflush = 1;
	fuse_reply_open(req, info);
}

static void on_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		    struct fuse_file_info *info)
{
	const struct constants *all = fuse_req_userdata(req);
	const struct constant *file = &all->file[ino - FIRST_INODE];
	size_t at = min_u64((uint64_t)offset, file->len);

	(void)info;
	fuse_reply_buf(req, file->text + at, min_u64(size, file->len - at));
}

static const struct fuse_lowlevel_ops operations = {
	.init = on_init,
	.lookup = on_lookup,
	.getattr = on_getattr,
	.open = on_open,
	.read = on_read,
};

/* Take the files of DIR in. */
static int load(const char *path, struct constants *all)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return -errno;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
	while ((entry = readdir(dir)) != NULL && all->n < FILES_MAX) {
		struct constant *file = &all->file[all->n];
		autoclose int fd = -1;
		ssize_t n;

		if (entry->d_name[0] == '.')
			continue;

		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, file->text, sizeof(file->text));
		if (n < 0)
			continue;

		memcpy(file->name, entry->d_name, sizeof(file->name));
		file->len = (size_t)n;
		all->n++;
	}

	closedir(dir);
	return 0;
}

static void loop(struct fuse_session *session)
{
	struct fuse_buf buf = { .mem = NULL };

	while (!fuse_session_exited(session)) {
		int n = fuse_session_receive_buf(session, &buf);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;

		fuse_session_process_buf(session, &buf);
	}

	free(buf.mem);
}

static int serve(struct constants *all, const char *mountpoint)
{
	char name[] = "floor";
	char options[] = "-oallow_other,fsname=floor";
	char *argv[] = { name, options, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(2, argv);
	struct fuse_session *session;
	int r;

	session = fuse_session_new(&args, &operations, sizeof(operations), all);
	if (!session)
		return -ENOMEM;

	r = fuse_session_mount(session, mountpoint);
	if (r == 0) {
		fuse_set_signal_handlers(session);
		loop(session);
		fuse_remove_signal_handlers(session);
		fuse_session_unmount(session);
	}
	fuse_session_destroy(session);
	return r;
}

int main(int argc, char **argv)
{
	struct constants *all;
	int r;

	if (argc != 3) {
		fprintf(stderr, "usage: floor CONTENT-DIR MOUNTPOINT\n");
		return 2;
	}

	all = calloc(1, sizeof(*all));
	if (!all)
		return 1;

	r = load(argv[1], all);
	if (r == 0)
		r = serve(all, argv[2]);

	free(all);
	return r < 0;
}
