/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as READDIR wants it. */
#include "listing.h"

#include <linux/fuse.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "service.h"
#include "tree.h"

/* There is no number without a lookup; libfuse says the same. */
#define INO_UNKNOWN 0xffffffff

struct filling {
	char *out;
	size_t len;
	size_t size;
	off_t skip; /* entries of earlier calls */
	off_t next;
	bool full;
};

static void add(void *data, const char *name, mode_t mode)
{
	struct filling *f = data;
	size_t len = strlen(name);
	size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + len);
	const struct fuse_dirent e = {
		.ino = INO_UNKNOWN,
		.off = (uint64_t)f->next + 1,
		.namelen = (uint32_t)len,
		.type = (mode & S_IFMT) >> 12, /* as in linux/fs_types.h */
	};

	if (f->full || f->next++ < f->skip)
		return;
	if (size > f->size - f->len) {
		f->full = true;
		return;
	}

	memset(f->out + f->len, 0, size);
	memcpy(f->out + f->len, &e, FUSE_NAME_OFFSET);
	memcpy(f->out + f->len + FUSE_NAME_OFFSET, name, len);
	f->len += size;
}

ssize_t listing_fill(struct thread *t, uint64_t id, off_t offset, size_t size)
{
	struct filling f = { .out = t->piece, .size = size, .skip = offset };
	int r;

	add(&f, ".", S_IFDIR);
	add(&f, "..", S_IFDIR);
	r = tree_list(t->service->tree, id, add, &f);

	return r < 0 ? r : (ssize_t)f.len;
}
