/* SPDX-License-Identifier: Apache-2.0 */
/* PSI triggers: set on the container's cgroup, waited for in one thread. */
#include "psi.h"

#include <errno.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "area.h"
#include "base.h"
#include "containers.h"
#include "handles.h"
#include "nodeid.h"
#include "trigger.h"

#define FULL     (UINT32_C(1) << 31) /* in handle.window */
#define STOP     0                   /* no open file */
#define READABLE (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

/* A trigger of this process. That there is one is also in the handle, with its
 * text, so that a successor can set it again. */
struct armed {
	int fd; /* of the cgroup's pressure file; -1: free */
	uint64_t fh;
	uint64_t serial;
	bool fired; /* not yet told to a poll(2) */
	bool gone;  /* the cgroup is */
};

struct psi {
	struct area *area;
	struct containers *cs;
	int fuse;
	int epoll;
	int stop; /* eventfd */
	pthread_mutex_t lock;
	_Atomic unsigned count;
	struct armed armed[TRIGGERS_MAX];
};

int psi_open(struct area *a, struct containers *cs, int fuse, struct psi **ret)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = STOP };
	struct psi *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;

	p->area = a;
	p->cs = cs;
	p->fuse = fuse;
	pthread_mutex_init(&p->lock, NULL);
	for (size_t i = 0; i < TRIGGERS_MAX; i++)
		p->armed[i].fd = -1;
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->stop = eventfd(0, EFD_CLOEXEC);
	if (p->epoll < 0 || p->stop < 0 ||
	    epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->stop, &ev) < 0) {
		int r = -errno;

		psi_close(p);
		return r;
	}

	*ret = p;
	return 0;
}

void psi_close(struct psi *p)
{
	if (!p)
		return;

	for (size_t i = 0; i < TRIGGERS_MAX; i++)
		close_at(&p->armed[i].fd);
	close_at(&p->epoll);
	close_at(&p->stop);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Under the lock, like all below. */
static struct armed *armed_of(struct psi *p, uint64_t fh)
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

static int note(struct psi *p, uint64_t fh, const struct trigger *t)
{
	struct handle *h = handle_lock(p->area, fh);

	if (!h)
		return -EMFILE; /* an open file without an entry */

	h->threshold = t->threshold;
	h->window = t->window | (t->full ? FULL : 0);
	handle_unlock(p->area, h);
	return 0;
}

static int arm(struct psi *p, uint64_t fh, uint64_t serial, enum pressure file,
	       const struct trigger *t)
{
	struct share *share = &p->area->shares[serial_slot(serial)];
	struct armed *e = free_entry(p);
	struct epoll_event ev = { .events = EPOLLPRI, .data.u64 = fh };
	autoclose int fd = -1;
	int r;

	if (armed_of(p, fh))
		return -EBUSY;
	if (!e || atomic_load(&share->triggers) >= TRIGGERS_SHARE)
		return -EMFILE;

	fd = set(p, serial, file, t);
	if (fd < 0)
		return fd;
	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		return -errno;
	r = note(p, fh, t);
	if (r < 0)
		return r;

	*e = (struct armed){ .fd = take_fd(&fd), .fh = fh, .serial = serial };
	atomic_fetch_add(&share->triggers, 1);
	atomic_fetch_add(&p->count, 1);
	return 0;
}

int psi_write(struct psi *p, uint64_t fh, enum pressure file, struct slice text)
{
	struct trigger t;
	uint64_t serial = 0;
	int r = trigger_parse(text.p, text.len, &t);

	if (r == 0)
		r = handle_serial(p->area, fh, &serial);
	if (r < 0)
		return r;

	pthread_mutex_lock(&p->lock);
	r = arm(p, fh, serial, file, &t);
	pthread_mutex_unlock(&p->lock);
	return r;
}

unsigned psi_poll(struct psi *p, uint64_t fh, uint64_t kh)
{
	unsigned events = READABLE;
	struct armed *e;
	struct handle *h;

	pthread_mutex_lock(&p->lock);
	h = kh ? handle_lock(p->area, fh) : NULL;
	if (h) {
		h->kh = kh;
		handle_unlock(p->area, h);
	}

	/* As psi_trigger_poll() in kernel/sched/psi.c has it. */
	e = armed_of(p, fh);
	if (!e || e->gone)
		events |= POLLERR | POLLPRI;
	else if (e->fired)
		events |= POLLPRI;
	if (e)
		e->fired = false;
	pthread_mutex_unlock(&p->lock);
	return events;
}

void psi_release(struct psi *p, uint64_t fh)
{
	struct armed *e;

	if (atomic_load_explicit(&p->count, memory_order_relaxed) == 0)
		return;

	pthread_mutex_lock(&p->lock);
	e = armed_of(p, fh);
	if (e) {
		close_at(&e->fd); /* the kernel takes it out of the epoll set */
		e->fd = -1;
		atomic_fetch_sub(
			&p->area->shares[serial_slot(e->serial)].triggers, 1);
		atomic_fetch_sub(&p->count, 1);
	}
	pthread_mutex_unlock(&p->lock);
}

/* Tell the kernel to ask for whom KH stands again. */
static void wake(const struct psi *p, uint64_t kh)
{
	const struct {
		struct fuse_out_header out;
		struct fuse_notify_poll_wakeup_out poll;
	} message = {
		.out = { .len = sizeof(message), .error = FUSE_NOTIFY_POLL },
		.poll = { .kh = kh },
	};

	(void)!write(p->fuse, &message, sizeof(message)); /* it may be gone */
}

static void fire(struct psi *p, uint64_t fh, uint32_t events)
{
	struct armed *e = armed_of(p, fh);
	struct handle *h;
	uint64_t kh = 0;

	if (!e)
		return; /* closed after epoll_wait() saw it */

	e->fired = true;
	if (events & (EPOLLERR | EPOLLHUP)) {
		/* It would be reported for ever. */
		(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, e->fd, NULL);
		e->gone = true;
	}

	h = handle_lock(p->area, fh);
	if (h) {
		kh = h->kh;
		handle_unlock(p->area, h);
	}
	if (kh)
		wake(p, kh);
}

void psi_run(struct psi *p)
{
	for (;;) {
		struct epoll_event ev;

		if (epoll_wait(p->epoll, &ev, 1, -1) < 1)
			continue; /* EINTR */
		if (ev.data.u64 == STOP)
			return;

		pthread_mutex_lock(&p->lock);
		fire(p, ev.data.u64, ev.events);
		pthread_mutex_unlock(&p->lock);
	}
}

void psi_stop(struct psi *p)
{
	const uint64_t one = 1;

	(void)!write(p->stop, &one, sizeof(one));
}
