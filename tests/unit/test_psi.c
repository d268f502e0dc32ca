/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tree.h"

#include "area.h"
#include "base.h"
#include "containers.h"
#include "handles.h"
#include "host.h"
#include "members.h"
#include "nodeid.h"
#include "psi.h"

#define IDLE  (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)
#define TOLD  (IDLE | POLLPRI)
#define WRONG (IDLE | POLLERR | POLLPRI)

/* A v2 host with the cgroup /box, whose pressure file is a FIFO: what is set
 * can be read from it, and it can be waited for. */
struct machine {
	struct tree tree;
	struct host *host;
	struct area *area;
	struct containers *cs;
	uint64_t serial;
	uint64_t fh;
	int top;
	int pressure; /* the other end of the FIFO */
	int fuse[2];  /* what the kernel is told */
};

static int open_at(const struct machine *m, const char *name)
{
	return openat(m->tree.fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void open_containers(struct machine *m)
{
	const struct container_info info = { .init = 100 };
	autopaths struct cgroup_paths paths = { 0 };
	const struct containers_config config = {
		.area = m->area,
		.host = m->host,
		.registry = -1,
		.triggers = m->top,
		.fds = 1000,
	};

	assert_int_equal(containers_open(&config, &m->cs), 0);
	paths.path[CG_UNIFIED] = strdup("/box");
	assert_int_equal(containers_of(m->cs, &paths, &info, &m->serial), 0);
}

static uint64_t open_file(struct machine *m)
{
	_Atomic uint64_t note = 0;

	return handle_open(m->area, node_id(m->serial, 5), m->serial, &note);
}

static int setup(void **state)
{
	static struct machine m;
	autoclose int fd =
		memfd_create("area", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	*state = &m;
	tree_make(&m.tree);
	tree_write(&m.tree, "proc/x", "\n");
	tree_write(&m.tree, "sys/x", "\n");
	tree_write(&m.tree, "cgroup/cgroup.controllers", "\n");
	tree_write(&m.tree, "cgroup/box/cgroup.procs", "\n");
	assert_int_equal(mkfifoat(m.tree.fd, "cgroup/box/io.pressure", 0600),
			 0);
	m.pressure = openat(m.tree.fd, "cgroup/box/io.pressure",
			    O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(pipe2(m.fuse, O_NONBLOCK | O_CLOEXEC), 0);
	assert_int_equal(host_open(open_at(&m, "proc"), open_at(&m, "sys"),
				   open_at(&m, "cgroup"), &m.host),
			 0);
	assert_int_equal(area_open(fd, 1, containers_stride(1), &m.area), 0);
	m.top = open_at(&m, "cgroup");
	open_containers(&m);
	m.fh = open_file(&m);
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	containers_close(m->cs);
	area_close(m->area);
	host_close(m->host);
	close(m->top);
	close(m->pressure);
	close(m->fuse[0]);
	close(m->fuse[1]);
	tree_remove(&m->tree);
	return 0;
}

static struct psi *begin(struct machine *m)
{
	struct psi *p = NULL;

	assert_int_equal(psi_open(m->area, m->cs, m->fuse[1], &p), 0);
	return p;
}

static int put(struct psi *p, uint64_t fh, const char *text)
{
	return psi_write(p, fh, PRESSURE_IO,
			 (struct slice){ text, strlen(text) });
}

/* The trigger that was set last, or "". */
static const char *was_set(const struct machine *m)
{
	static char text[64];
	ssize_t n = read(m->pressure, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void fire(const struct machine *m, uint64_t fh)
{
	struct handle *h = handle_lock(m->area, fh);

	h->event = 1;
	handle_unlock(m->area, h);
}

static unsigned triggers(const struct machine *m)
{
	return m->area->shares[serial_slot(m->serial)].triggers;
}

static void one_trigger_for_each_file(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);
	uint64_t other = open_file(m);

	assert_int_equal(psi_poll(p, m->fh, 0, 2), WRONG);
	assert_int_equal(put(p, m->fh, "some 1 3"), -EINVAL);
	assert_int_equal(put(p, m->fh, "full 50000 2000000"), 0);
	assert_string_equal(was_set(m), "full 50000 2000000");
	assert_int_equal(psi_poll(p, m->fh, 0, 4), IDLE);
	assert_int_equal(triggers(m), 1);

	assert_int_equal(put(p, m->fh, "some 50000 2000000"), -EBUSY);
	assert_int_equal(put(p, m->fh, "full 50000 4000000"), -EBUSY);
	assert_int_equal(put(p, m->fh, "full 50000 2000000"), 0);
	assert_string_equal(was_set(m), "");
	assert_int_equal(triggers(m), 1);

	assert_int_equal(put(p, other, "some 50000 2000000"), 0);
	assert_int_equal(triggers(m), 2);
	handle_release(m->area, other);
	psi_release(p, other);
	handle_release(m->area, other);
	assert_int_equal(triggers(m), 1);
	psi_close(p);
}

static void a_container_has_so_many(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);
	uint64_t more;

	for (int i = 0; i < TRIGGERS_SHARE; i++)
		assert_int_equal(put(p, open_file(m), "some 50000 2000000"), 0);
	more = open_file(m);
	assert_int_equal(put(p, more, "some 50000 2000000"), -EMFILE);
	assert_int_equal(triggers(m), TRIGGERS_SHARE);
	assert_int_equal(put(p, UINT64_C(1) << 63, "some 50000 2000000"),
			 -EMFILE);
	psi_close(p);
}

static void a_successor_sets_it_again(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);

	assert_int_equal(put(p, m->fh, "full 50000 2000000"), 0);
	assert_string_equal(was_set(m), "full 50000 2000000");
	psi_close(p);

	/* All of them when its thread begins. */
	p = begin(m);
	psi_stop(p);
	psi_run(p);
	assert_string_equal(was_set(m), "full 50000 2000000");
	assert_int_equal(psi_poll(p, m->fh, 0, 2), IDLE);
	psi_close(p);

	/* Or when it is asked. */
	p = begin(m);
	assert_int_equal(psi_poll(p, m->fh, 0, 4), IDLE);
	assert_string_equal(was_set(m), "full 50000 2000000");
	assert_int_equal(triggers(m), 1);

	/* Nobody sets one of a file that is closed. */
	handle_release(m->area, m->fh);
	psi_release(p, m->fh);
	psi_close(p);
	p = begin(m);
	psi_stop(p);
	psi_run(p);
	assert_string_equal(was_set(m), "");
	assert_int_equal(psi_poll(p, m->fh, 0, 6), WRONG);
	psi_close(p);
}

static void an_event_is_told_once(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);

	assert_int_equal(put(p, m->fh, "some 50000 2000000"), 0);
	fire(m, m->fh);
	psi_close(p);

	/* By a successor, and again if that has died of it. */
	p = begin(m);
	assert_int_equal(psi_poll(p, m->fh, 0, 8), TOLD);
	psi_close(p);
	p = begin(m);
	assert_int_equal(psi_poll(p, m->fh, 0, 8), TOLD);
	assert_int_equal(psi_poll(p, m->fh, 0, 10), IDLE);
	psi_close(p);
}

static void who_waits_is_sent_to_the_next(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);
	struct {
		struct fuse_out_header out;
		struct fuse_notify_poll_wakeup_out poll;
	} got;

	assert_int_equal(put(p, m->fh, "some 50000 2000000"), 0);
	assert_int_equal(psi_poll(p, m->fh, 77, 2), IDLE);
	assert_int_equal(read(m->fuse[0], &got, sizeof(got)), -1);
	psi_stop(p);
	psi_run(p);
	assert_int_equal(read(m->fuse[0], &got, sizeof(got)), sizeof(got));
	assert_int_equal(got.out.error, FUSE_NOTIFY_POLL);
	assert_int_equal(got.poll.kh, 77);
	psi_close(p);
}

static void a_cgroup_that_is_gone_says_so(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);

	assert_int_equal(put(p, m->fh, "some 50000 2000000"), 0);
	psi_close(p);
	tree_unlink(&m->tree, "cgroup/box/io.pressure");
	p = begin(m);
	assert_int_equal(psi_poll(p, m->fh, 0, 2), WRONG);
	assert_int_equal(put(p, open_file(m), "some 50000 2000000"),
			 -EOPNOTSUPP);
	psi_close(p);
}

struct writer {
	struct psi *psi;
	uint64_t fh;
	int result;
};

static void *write_one(void *data)
{
	struct writer *w = data;

	w->result = put(w->psi, w->fh, "some 50000 2000000");
	return NULL;
}

/* Others do not wait for a container whose files take their time. */
static void a_busy_container_keeps_nobody(void **state)
{
	struct machine *m = *state;
	struct psi *p = begin(m);
	struct writer w = { .psi = p, .fh = open_file(m), .result = 1 };
	const struct timespec moment = { .tv_nsec = 50000000 };
	pthread_mutex_t *busy = &slot_at(m->cs, serial_slot(m->serial))->lock;
	uint64_t closed = open_file(m);
	pthread_t thread;

	assert_int_equal(put(p, m->fh, "some 50000 2000000"), 0);
	assert_int_equal(put(p, closed, "some 50000 2000000"), 0);
	area_lock(busy);
	assert_int_equal(pthread_create(&thread, NULL, write_one, &w), 0);
	(void)nanosleep(&moment, NULL);
	(void)alarm(100);
	assert_int_equal(psi_poll(p, m->fh, 0, 2), IDLE);
	handle_release(m->area, closed);
	psi_release(p, closed);
	(void)alarm(0);
	assert_int_equal(w.result, 1);
	area_unlock(busy);

	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(w.result, 0);
	assert_int_equal(psi_poll(p, w.fh, 0, 4), IDLE);
	assert_int_equal(triggers(m), 2);
	psi_close(p);
}

#define ON_MACHINE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(one_trigger_for_each_file),
		ON_MACHINE(a_container_has_so_many),
		ON_MACHINE(a_successor_sets_it_again),
		ON_MACHINE(an_event_is_told_once),
		ON_MACHINE(who_waits_is_sent_to_the_next),
		ON_MACHINE(a_cgroup_that_is_gone_says_so),
		ON_MACHINE(a_busy_container_keeps_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
