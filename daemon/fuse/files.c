/* SPDX-License-Identifier: Apache-2.0 */
/* Open, read and close: a text is made at offset 0 and served from then on. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "caller.h"
#include "catalog.h"
#include "containers.h"
#include "handles.h"
#include "nodeid.h"
#include "psi.h"
#include "render.h"
#include "service.h"
#include "view.h"

/* Which pressure file is ID, for a trigger to be written into? -1: none. */
static int takes_triggers(struct catalog *c, uint64_t id)
{
	static const unsigned needs[PRESSURES] = {
		[PRESSURE_CPU] = NEED_PRESSURE_CPU,
		[PRESSURE_IO] = NEED_PRESSURE_IO,
		[PRESSURE_MEMORY] = NEED_PRESSURE_MEMORY,
	};
	const struct view *view = catalog_view(c, id, NULL);

	for (int i = 0; view && i < PRESSURES; i++)
		if (view->needs & needs[i])
			return i;

	return -1;
}

/* The container of PID, with its mark; it may lose its slot in between. */
static int caller_marked(const struct service *s, pid_t pid, uint64_t *ret)
{
	for (int i = 0; i < 2; i++) {
		uint64_t serial;
		uint32_t mark;
		int r = caller_find(s->callers, pid, &serial);

		if (r < 0)
			return r;
		mark = containers_mark(s->containers, serial);
		*ret = serial_marked(serial, mark);
		if (mark)
			return 0;
	}

	return -ESRCH;
}

/* The container that PID gets file ID of. */
static int whose(const struct service *s, uint64_t id, pid_t pid, uint64_t *ret)
{
	if (node_serial(id)) {
		*ret = node_serial(id);
		return 0;
	}
	if (!catalog_is_metrics(s->catalog, id))
		return caller_marked(s, pid, ret);

	/* A container may have it mounted, which keeps it from a look-up. */
	if (!caller_on_host(s->callers, pid))
		return -EACCES;

	/* It is nobody's, and there even when all slots are taken. */
	if (containers_host(s->containers, ret) < 0)
		*ret = 0;
	return 0;
}

int file_open(struct thread *t, uint64_t id, pid_t pid, int flags, uint64_t *fh)
{
	struct service *s = t->service;
	uint64_t noted = atomic_load(&t->slot->fh);
	uint64_t serial = 0;
	int r;

	/* Opened by a worker that died before it was known to have said so. The
	 * caller may be found no more, but his file is open. */
	if (noted && handle_begun(s->area, noted)) {
		*fh = noted;
		return 0;
	}

	if ((flags & O_ACCMODE) != O_RDONLY &&
	    takes_triggers(s->catalog, id) < 0)
		return -EACCES;

	r = whose(s, id, pid, &serial);
	if (r < 0)
		return r;

	*fh = handle_open(s->area, id, serial, &t->slot->fh);
	if (handle_is_bare(*fh))
		counters_event(t->slot, EVENT_BARE_OPEN);
	return 0;
}

/* Is SERIAL the container that FH was opened in? The file may be in other hands
 * by now: what is said to those must not be about them. */
static bool opened_in(const struct service *s, uint64_t fh, uint64_t serial)
{
	uint32_t mark = handle_mark(s->area, fh);

	return mark == 0 || mark == containers_mark(s->containers, serial);
}

/* Make the text for container SERIAL. If that is no more, and was found by who
 * opened the file, it may only have lost its slot: look again. */
static int render_for(struct thread *t, uint64_t id, const struct reading *at,
		      uint64_t serial)
{
	const struct service *s = t->service;
	int r = render(t, id, serial);

	if (r != -ESRCH || node_serial(id) ||
	    caller_find(s->callers, at->pid, &serial) < 0 ||
	    !opened_in(s, at->fh, serial))
		return r;

	return render(t, id, serial);
}

/* The text cannot be made: better one of before than none. */
static int slice_before(struct thread *t, const struct reading *at, int r,
			struct slice *ret)
{
	struct reading any = *at;
	ssize_t n;

	any.unique = 0;
	n = handle_read(t->service->area, &any, t->piece);
	if (n < 0)
		return r;

	*ret = (struct slice){ t->piece, (size_t)n };
	return 0;
}

int file_slice(struct thread *t, uint64_t id, const struct reading *at,
	       struct slice *ret)
{
	struct area *a = t->service->area;
	ssize_t n = handle_read(a, at, t->piece);
	uint64_t serial;
	size_t left;
	int r;

	if (n >= 0) {
		*ret = (struct slice){ t->piece, (size_t)n };
		return 0;
	}

	r = handle_serial(a, at->fh, &serial);
	if (r < 0)
		return r;
	r = render_for(t, id, at, serial);
	if (r < 0)
		return slice_before(t, at, r, ret);

	if (!handle_store(a, at, str_text(&t->text), t->text.len))
		counters_event(t->slot, EVENT_TEXT_DROPPED);
	left = sub_floor(t->text.len, (uint64_t)at->offset);
	*ret = (struct slice){ str_text(&t->text) + (t->text.len - left),
			       min_u64(at->size, left) };
	return 0;
}

int file_write(struct thread *t, uint64_t id, uint64_t fh, struct slice text)
{
	int file = takes_triggers(t->service->catalog, id);
	int r;

	if (file < 0)
		return -EACCES;

	r = psi_write(t->service->psi, fh, (enum pressure)file, text);
	if (r == -EMFILE || r == -ENOMEM)
		counters_event(t->slot, EVENT_TRIGGER_REFUSED);
	return r;
}

unsigned file_poll(struct thread *t, uint64_t id, uint64_t fh, uint64_t kh,
		   uint64_t unique)
{
	if (takes_triggers(t->service->catalog, id) < 0)
		return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

	return psi_poll(t->service->psi, fh, kh, unique);
}

void file_close(struct thread *t, uint64_t fh)
{
	handle_release(t->service->area, fh);
	psi_release(t->service->psi, fh);
}
