/* SPDX-License-Identifier: Apache-2.0 */
/* Open, read and close: a text is made at offset 0 and served from then on. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base.h"
#include "caller.h"
#include "handles.h"
#include "nodeid.h"
#include "render.h"
#include "service.h"
#include "tree.h"
#include "view.h"

static bool may_write(struct tree *tree, uint64_t id)
{
	unsigned cpu;
	const struct view *view = tree_view(tree, id, &cpu);

	return view && view->mode & 0222;
}

int file_open(struct thread *t, uint64_t id, pid_t pid, int flags, uint64_t *fh)
{
	struct service *s = t->service;
	uint64_t serial = node_serial(id);
	int r = 0;

	if ((flags & O_ACCMODE) != O_RDONLY && !may_write(s->tree, id))
		return -EACCES;

	/* A request that is executed again keeps the handle it has got. */
	*fh = atomic_load(&t->slot->fh);
	if (*fh)
		return 0;

	if (serial == 0)
		r = caller_find(s->callers, pid, &serial);
	if (r < 0)
		return r;

	*fh = handle_open(s->area, id, serial);
	atomic_store(&t->slot->fh, *fh);
	return 0;
}

int file_slice(struct thread *t, const struct reading *at, struct slice *ret)
{
	struct area *a = t->service->area;
	size_t size = min_u64(at->size, sizeof(t->piece));
	uint64_t serial;
	size_t left;
	ssize_t n =
		handle_read(a, at->fh, at->unique, at->offset, t->piece, size);
	int r;

	if (n >= 0) {
		*ret = (struct slice){ t->piece, (size_t)n };
		return 0;
	}

	r = handle_serial(a, at->fh, &serial);
	if (r < 0)
		return r;

	r = render(t, at->id, serial);
	if (r < 0) {
		/* Better the text of before than none. */
		n = handle_read(a, at->fh, 0, at->offset, t->piece, size);
		*ret = (struct slice){ t->piece, (size_t)n };
		return n < 0 ? r : 0;
	}
	handle_store(a, at->fh, at->unique, str_text(&t->text), t->text.len);

	left = sub_floor(t->text.len, (uint64_t)at->offset);
	*ret = (struct slice){ str_text(&t->text) + (t->text.len - left),
			       min_u64(size, left) };
	return 0;
}
