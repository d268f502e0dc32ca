/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as READDIR wants it. */
#include "listing.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "area.h"
#include "base.h"
#include "caller.h"
#include "catalog.h"
#include "nodeid.h"
#include "service.h"

/* There is no number without a lookup; libfuse says the same. */
#define INO_UNKNOWN 0xffffffff

struct filling {
	struct service *service;
	const struct listing *listing;
	uint64_t dir;
	char *out;
	size_t room;
	size_t len;
	off_t next;
	bool full;
};

/* What a LOOKUP of NAME would say, so that the kernel need not ask; node id 0
 * when it has to, which is always so for a name that may soon mean another. */
static void look_up(const struct filling *f, const char *name,
		    struct fuse_entry_out *ret)
{
	struct entry e;
	struct stat st;

	memset(ret, 0, sizeof(*ret));
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    catalog_is_containers(f->service->catalog, f->dir) ||
	    catalog_lookup(f->service->catalog, f->dir, name, &e) < 0 ||
	    e.passing)
		return;

	entry_stat(&e, (time_t)f->service->area->born, &st);
	ret->nodeid = e.id;
	ret->entry_valid = ret->attr_valid = f->listing->valid;
	ret->attr = (struct fuse_attr){
		.ino = st.st_ino,
		.size = (uint64_t)st.st_size,
		.atime = (uint64_t)st.st_atime,
		.mtime = (uint64_t)st.st_mtime,
		.ctime = (uint64_t)st.st_ctime,
		.mode = st.st_mode,
		.nlink = (uint32_t)st.st_nlink,
		.blksize = (uint32_t)st.st_blksize,
	};
}

static void add(void *data, const char *name, mode_t mode)
{
	struct filling *f = data;
	const size_t before = f->listing->valid ? FUSE_NAME_OFFSET_DIRENTPLUS
						: FUSE_NAME_OFFSET;
	const size_t len = strlen(name);
	const size_t size = FUSE_DIRENT_ALIGN(before + len);
	struct fuse_direntplus e = {
		.dirent = {
			.ino = INO_UNKNOWN,
			.off = (uint64_t)f->next + 1,
			.namelen = (uint32_t)len,
			/* as in linux/fs_types.h */
			.type = (mode & S_IFMT) >> 12,
		},
	};

	if (f->full || f->next++ < f->listing->offset)
		return;
	if (size > f->room - f->len) {
		f->full = true;
		return;
	}

	memset(f->out + f->len, 0, size);
	if (f->listing->valid) {
		look_up(f, name, &e.entry_out);
		memcpy(f->out + f->len, &e, before);
	} else {
		memcpy(f->out + f->len, &e.dirent, before);
	}
	memcpy(f->out + f->len + before, name, len);
	f->len += size;
}

ssize_t listing_fill(struct thread *t, uint64_t id, const struct listing *l)
{
	struct filling f = {
		.service = t->service,
		.listing = l,
		.dir = id,
		.out = t->piece,
		.room = min_u64(l->size,
				sizeof(t->piece) -
					sizeof(struct fuse_out_header)),
	};
	const bool ids = catalog_is_containers(t->service->catalog, id);
	const bool on_host = (ids || id == NODE_ROOT) &&
			     caller_on_host(t->service->callers, l->pid);
	int r;

	if (ids && !on_host)
		return -EACCES;

	add(&f, ".", S_IFDIR);
	add(&f, "..", S_IFDIR);
	r = catalog_list(t->service->catalog, id, add, &f);
	if (r == 0 && id == NODE_ROOT && on_host)
		catalog_list_host(add, &f);

	return r < 0 ? r : (ssize_t)f.len;
}
