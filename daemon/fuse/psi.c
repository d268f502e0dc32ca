/* SPDX-License-Identifier: Apache-2.0 */
/* PSI triggers: set on the container's cgroup, waited for in one thread. */
#include "psi.h"

#include <errno.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "area.h"
#include "base.h"
#include "handles.h"
#include "psi_own.h"
#include "trigger.h"

#define STOP     0 /* no open file */
#define UNTOLD   1 /* in handle.event; no request has an odd number */
#define READABLE (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

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

int psi_write(struct psi *p, uint64_t fh, enum pressure file, struct slice text)
{
	struct trigger t;
	int r = trigger_parse(text.p, text.len, &t);

	return r < 0 ? r : psi_arm(p, fh, file, &t);
}

/* An event is told once; to a poll(2) that is executed again, again. */
static bool tell(struct handle *h, uint64_t unique)
{
	if (h->event == UNTOLD)
		h->event = unique;

	return h->event && h->event == unique;
}

unsigned psi_poll(struct psi *p, uint64_t fh, uint64_t kh, uint64_t unique)
{
	unsigned events = READABLE;
	const struct armed *e;
	struct handle *h;

	/* As psi_trigger_poll() in kernel/sched/psi.c has it. */
	psi_arm_noted(p, fh);
	pthread_mutex_lock(&p->lock);
	e = psi_armed(p, fh);
	if (!e || e->gone)
		events |= POLLERR | POLLPRI;
	h = handle_lock(p->area, fh);
	if (h) {
		if (kh)
			h->kh = kh;
		if (tell(h, unique))
			events |= POLLPRI;
		handle_unlock(p->area, h);
	}
	pthread_mutex_unlock(&p->lock);
	return events;
}

void psi_release(struct psi *p, uint64_t fh)
{
	struct armed *e;

	if (atomic_load_explicit(&p->count, memory_order_relaxed) == 0)
		return;

	pthread_mutex_lock(&p->lock);
	e = psi_armed(p, fh);
	if (e)
		psi_disarm(p, e);
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

/* Who waits for FH, having noted that there is something to tell if EVENT. -1:
 * the file is closed. */
static int64_t waiter_of(struct psi *p, uint64_t fh, bool event)
{
	struct handle *h = handle_lock(p->area, fh);
	int64_t kh;

	if (!h)
		return -1;

	if (event)
		h->event = UNTOLD;
	kh = (int64_t)h->kh;
	handle_unlock(p->area, h);
	return kh;
}

static void fire(struct psi *p, uint64_t fh, uint32_t events)
{
	struct armed *e = psi_armed(p, fh);
	int64_t kh = e ? waiter_of(p, fh, true) : 0;

	if (kh < 0) {
		psi_disarm(p, e); /* another worker was asked to close it */
		return;
	}
	if (!e)
		return; /* closed after epoll_wait() saw it */

	if (events & (EPOLLERR | EPOLLHUP)) {
		/* It would be reported for ever. */
		(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, e->fd, NULL);
		e->gone = true;
	}
	if (kh)
		wake(p, (uint64_t)kh);
}

/* Set what workers before us have set. By this thread: no reader waits for it.
 */
static void take_over(struct psi *p)
{
	for (uint32_t i = 0; i < HANDLES_MAX; i++) {
		uint64_t fh = handle_with_trigger(p->area, i);

		if (fh)
			psi_arm_noted(p, fh);
	}
}

/* All who wait ask again, and what they wait for is set by whoever is asked: a
 * successor may have looked before it was written. */
static void hand_over(struct psi *p)
{
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < TRIGGERS_MAX; i++) {
		const struct armed *e = &p->armed[i];
		int64_t kh = e->fd < 0 ? 0 : waiter_of(p, e->fh, false);

		if (kh > 0)
			wake(p, (uint64_t)kh);
	}
	pthread_mutex_unlock(&p->lock);
}

void psi_run(struct psi *p)
{
	take_over(p);
	for (;;) {
		struct epoll_event ev;

		if (epoll_wait(p->epoll, &ev, 1, -1) < 1)
			continue; /* EINTR */
		if (ev.data.u64 == STOP)
			break;

		pthread_mutex_lock(&p->lock);
		fire(p, ev.data.u64, ev.events);
		pthread_mutex_unlock(&p->lock);
	}

	hand_over(p);
}

void psi_stop(struct psi *p)
{
	const uint64_t one = 1;

	(void)!write(p->stop, &one, sizeof(one));
}
