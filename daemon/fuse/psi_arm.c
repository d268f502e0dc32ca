/* SPDX-License-Identifier: Apache-2.0 */
/* Triggers set on cgroups, and noted in handles for whoever sets them next. */
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "area.h"
#include "base.h"
#include "containers.h"
#include "handles.h"
#include "nodeid.h"
#include "psi_own.h"
#include "trigger.h"

/* In handle.window, above what a window can be. */
#define FULL       (UINT32_C(1) << 31)
#define FILE_SHIFT 24
#define FILE_MASK  (UINT32_C(3) << FILE_SHIFT)

_Static_assert(PRESSURES <= 4, "a file's number fits");

struct armed *psi_armed(struct psi *p, uint64_t fh)
{
	for (size_t i = 0; i < TRIGGERS_MAX; i++)
		if (p->armed[i].fd >= 0 && p->armed[i].fh == fh)
			return &p->armed[i];

	return NULL;
}

static struct armed *free_entry(struct psi *p)
{
	for (size_t i = 0; i < TRIGGERS_MAX; i++)
		if (p->armed[i].fd < 0)
			return &p->armed[i];

	return NULL;
}

/* The cgroup's pressure file with trigger T on it. Returns the fd or -errno. */
static int set(struct psi *p, uint64_t serial, enum pressure file,
	       const struct trigger *t)
{
	autoclose int fd = containers_open_pressure(p->cs, serial, file);
	char text[64];
	int n;

	if (fd == -ENOENT)
		return -EOPNOTSUPP;
	if (fd < 0)
		return fd;

	/* The kernel wants the NUL. */
	n = snprintf(text, sizeof(text), "%s %u %u", t->full ? "full" : "some",
		     t->threshold, t->window);
	if (write(fd, text, (size_t)n + 1) < 0)
		return -errno;

	return take_fd(&fd);
}

/* A trigger as the handle keeps it. */
struct noted {
	uint32_t threshold;
	uint32_t window;
};

static struct noted noted_of(enum pressure file, const struct trigger *t)
{
	return (struct noted){
		.threshold = t->threshold,
		.window = t->window | (t->full ? FULL : 0) |
			  (uint32_t)file << FILE_SHIFT,
	};
}

static struct share *share_of(struct psi *p, const struct handle *h)
{
	return &p->area->shares[serial_slot(h->serial)];
}

/* May FH have this trigger? One and the same twice is a request that is
 * executed again, and does no harm. */
static int allow(struct psi *p, uint64_t fh, const struct noted *n)
{
	const struct handle *h = handle_lock(p->area, fh);
	int r = 0;

	if (!h)
		return -EMFILE; /* an open file without an entry */

	if (h->window &&
	    (h->window != n->window || h->threshold != n->threshold))
		r = -EBUSY;
	else if (!h->window &&
		 atomic_load(&share_of(p, h)->triggers) >= TRIGGERS_SHARE)
		r = -EMFILE;
	handle_unlock(p->area, h);
	return r;
}

/* Whoever closes the file takes it off the share. False: it is closed by now.
 */
static bool note(struct psi *p, uint64_t fh, const struct noted *n)
{
	struct handle *h = handle_lock(p->area, fh);

	if (!h)
		return false;

	if (!h->window)
		atomic_fetch_add(&share_of(p, h)->triggers, 1);
	h->threshold = n->threshold;
	__atomic_store_n(&h->window, n->window, __ATOMIC_RELEASE);
	handle_unlock(p->area, h);
	return true;
}

/* Under the lock: 1 when FH's trigger is still to be set, 0 when it is, or
 * -errno when it may not. */
static int wanted(struct psi *p, uint64_t fh, const struct noted *n)
{
	int r = allow(p, fh, n);

	return r == 0 ? !psi_armed(p, fh) : r;
}

/* Under the lock: wait for FD, which has FH's trigger on it. */
static int watch(struct psi *p, uint64_t fh, int *fd)
{
	struct epoll_event ev = { .events = EPOLLPRI, .data.u64 = fh };
	struct armed *e = free_entry(p);

	if (!e)
		return -EMFILE;
	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, *fd, &ev) < 0)
		return -errno;

	*e = (struct armed){ .fd = take_fd(fd), .fh = fh };
	atomic_fetch_add(&p->count, 1);
	return 0;
}

/* Under the lock. First it is in our table, then in the handle: who closes the
 * file does it the other way round, and one of the two sees the other. */
static int take(struct psi *p, uint64_t fh, const struct noted *n, int *fd)
{
	int r = wanted(p, fh, n);

	if (r > 0) /* without an FD it was there a moment ago */
		r = *fd < 0 ? -EAGAIN : watch(p, fh, fd);
	if (r == 0 && !note(p, fh, n) && psi_armed(p, fh))
		psi_disarm(p, psi_armed(p, fh));

	return r;
}

/* The cgroup's file is opened without the lock: its container may be busy, and
 * everybody who polls or closes a pressure file would wait for it. */
int psi_arm(struct psi *p, uint64_t fh, enum pressure file,
	    const struct trigger *t)
{
	const struct noted n = noted_of(file, t);
	autoclose int fd = -1;
	uint64_t serial;
	int r;

	pthread_mutex_lock(&p->lock);
	r = wanted(p, fh, &n);
	pthread_mutex_unlock(&p->lock);
	if (r > 0) {
		r = handle_serial(p->area, fh, &serial);
		if (r == 0)
			r = fd = set(p, serial, file, t);
	}
	if (r < 0)
		return r;

	pthread_mutex_lock(&p->lock);
	r = take(p, fh, &n, &fd);
	pthread_mutex_unlock(&p->lock);
	return r;
}

void psi_arm_noted(struct psi *p, uint64_t fh)
{
	const struct handle *h = handle_lock(p->area, fh);
	enum pressure file;
	struct trigger t;

	if (!h)
		return;

	file = (h->window & FILE_MASK) >> FILE_SHIFT;
	t = (struct trigger){
		.full = h->window & FULL,
		.threshold = h->threshold,
		.window = h->window & ~(FULL | FILE_MASK),
	};
	handle_unlock(p->area, h);

	if (t.window && file < PRESSURES)
		(void)psi_arm(p, fh, file, &t);
}

void psi_disarm(struct psi *p, struct armed *e)
{
	close_at(&e->fd); /* the kernel takes it out of the epoll set */
	e->fd = -1;
	atomic_fetch_sub(&p->count, 1);
}
