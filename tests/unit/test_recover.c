/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "area.h"
#include "base.h"
#include "catalog.h"
#include "containers.h"
#include "fs.h"
#include "handles.h"
#include "host.h"
#include "recover.h"
#include "service.h"
#include "slots.h"

/* Generations. */
#define DEAD  1
#define OURS  2
#define OTHER 3 /* it lives */

/* The connection is a socket: what we answer comes out at its other end. */
struct machine {
	struct control *control;
	struct service service;
	struct thread thread;
	struct recovery recovery;
	int kernel;
};

static int open_at(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), FIXTURES "/v2-limited/%s", name);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void open_service(struct service *s)
{
	autoclose int fd =
		memfd_create("area", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	const struct containers_config config = {
		.registry = -1,
		.triggers = -1,
		.fds = 100,
	};
	struct containers_config c = config;
	struct roots roots;

	assert_int_equal(host_open(open_at("proc"), open_at("sys"),
				   open_at("cgroup"), &s->host),
			 0);
	assert_int_equal(area_open(fd, 2, containers_stride(2), &s->area), 0);
	c.area = s->area;
	c.host = s->host;
	assert_int_equal(containers_open(&c, &s->containers), 0);
	roots = (struct roots){ host_proc(s->host), host_sys(s->host) };
	assert_int_equal(
		catalog_open(s->area, s->containers, roots, &s->catalog), 0);
}

/* As a worker that follows does it; it knows nobody's requests yet. */
static void open_session(struct machine *m)
{
	int ends[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	m->kernel = ends[0];
	m->thread.service = &m->service;
	m->recovery = (struct recovery){
		.thread = &m->thread,
		.control = m->control,
		.fuse = ends[1],
		.generation = OURS,
	};
	assert_int_equal(
		session_open(ends[1], m->control, &m->recovery.session), 0);
}

static void close_session(struct machine *m)
{
	session_close(m->recovery.session);
	close(m->kernel);
}

static int setup(void **state)
{
	static struct machine m;
	autoclose int control = control_create(0);

	*state = &m;
	m = (struct machine){ 0 };
	assert_int_equal(control_map(control, &m.control), 0);
	atomic_store(&m.control->lives[0], (uint64_t)OURS << 32 | 1);
	atomic_store(&m.control->lives[1], (uint64_t)OTHER << 32 | 1);
	open_service(&m.service);
	open_session(&m);
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	close_session(m);
	snapshot_free(&m->thread.snapshot);
	str_free(&m->thread.text);
	catalog_close(m->service.catalog);
	containers_close(m->service.containers);
	area_close(m->service.area);
	host_close(m->service.host);
	control_unmap(m->control);
	return 0;
}

/* A request as WHO has left it in slot INDEX, its number is UNIQUE. */
static struct slot *leave(struct machine *m, unsigned index, uint32_t who,
			  const struct fuse_in_header *in, const void *arg)
{
	struct slot *slot = &m->control->slots[index];
	struct fuse_in_header *head = (void *)slot->in;

	memcpy(slot->in, in, sizeof(*in));
	if (arg)
		memcpy(slot->in + sizeof(*in), arg, in->len - sizeof(*in));
	assert_int_equal(head->len, in->len);
	atomic_store(&slot->owner, who);
	return slot;
}

static struct slot *leave_getattr(struct machine *m, unsigned index,
				  uint32_t who, uint64_t unique)
{
	const struct fuse_getattr_in arg = { 0 };
	const struct fuse_in_header in = {
		.len = sizeof(in) + sizeof(arg),
		.opcode = FUSE_GETATTR,
		.unique = unique,
		.nodeid = FUSE_ROOT_ID,
	};

	return leave(m, index, who, &in, &arg);
}

static struct slot *leave_init(struct machine *m, unsigned index)
{
	const struct fuse_init_in arg = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.flags = FUSE_ASYNC_READ | FUSE_MAX_PAGES,
	};
	const struct fuse_in_header in = {
		.len = sizeof(in) + sizeof(arg),
		.opcode = FUSE_INIT,
		.unique = 1,
	};

	return leave(m, index, DEAD, &in, &arg);
}

struct answer {
	struct fuse_out_header head;
	char text[1024];
};

/* The next answer; its number is 0 when there is none. */
static struct answer answer(const struct machine *m)
{
	struct answer a = { 0 };

	(void)!recv(m->kernel, &a, sizeof(a), MSG_DONTWAIT);
	return a;
}

/* The connection is agreed on: from here on there may be requests. */
static void agree(struct machine *m)
{
	(void)leave_init(m, 0);
	recover(&m->recovery);
	assert_int_equal(answer(m).head.unique, 1);
}

static bool is_free(const struct slot *slot)
{
	return slot->owner == 0 && slot->blame == 0 && slot->hung == 0 &&
	       slot->fh == 0 && slot_request(slot) == 0;
}

/* A worker was killed just after it had put the answer to INIT down: whoever
 * follows gives the same, though libfuse has then heard the question. */
static void init_is_answered_alike(void **state)
{
	struct machine *m = *state;
	struct answer first;
	struct answer second;

	assert_true(is_free(leave_init(m, 3)) == false);
	recover(&m->recovery);
	first = answer(m);
	assert_int_equal(first.head.unique, 1);
	assert_int_equal(first.head.error, 0);

	close_session(m);
	open_session(m);
	assert_int_equal(answer(m).head.unique, 0); /* of the replay */
	(void)leave_init(m, 3);
	recover(&m->recovery);
	second = answer(m);
	assert_memory_equal(&first, &second, sizeof(first));
	assert_true(is_free(&m->control->slots[3]));
}

/* Killed before it had put the answer down: it is asked anew. */
static void init_is_asked_until_it_is_answered(void **state)
{
	struct machine *m = *state;
	const struct slot *slot = leave_init(m, 3);

	memcpy(m->control->init_request, slot->in, INIT_MAX);
	m->control->init_request_len = (uint32_t)slot_request(slot);
	close_session(m);
	open_session(m);
	recover(&m->recovery);
	assert_int_equal(answer(m).head.unique, 1);
	assert_true(m->control->init_reply_len > 0);
}

static void only_the_dead_are_served(void **state)
{
	struct machine *m = *state;

	agree(m);
	(void)leave_getattr(m, 0, OTHER, 10);
	(void)leave_getattr(m, 1, OURS, 12);
	(void)leave_getattr(m, 2, DEAD, 14);
	recover_all(&m->recovery);

	assert_int_equal(answer(m).head.unique, 14);
	assert_int_equal(answer(m).head.unique, 0);
	assert_true(is_free(&m->control->slots[2]));
	assert_int_equal(m->control->slots[0].owner, OTHER);
	assert_int_equal(m->control->slots[1].owner, OURS);
}

/* What a worker may have died of waits, in our hands, for all others. */
static void who_is_suspected_waits(void **state)
{
	struct machine *m = *state;

	agree(m);
	leave_getattr(m, 4, DEAD, 10)->blame = 1;
	leave_getattr(m, 5, DEAD, 12)->hung = 1;
	(void)leave_getattr(m, 6, DEAD, 14);
	recover(&m->recovery);
	assert_int_equal(answer(m).head.unique, 14);
	assert_int_equal(answer(m).head.unique, 0);
	assert_int_equal(m->control->slots[4].owner, OURS);

	recover_all(&m->recovery);
	assert_int_equal(answer(m).head.unique, 10);
	assert_int_equal(answer(m).head.unique, 12);
	assert_true(is_free(&m->control->slots[4]));
	assert_true(is_free(&m->control->slots[5]));
}

static void what_killed_three_is_refused(void **state)
{
	struct machine *m = *state;
	struct answer a;

	agree(m);
	leave_getattr(m, 4, DEAD, 10)->blame = 2;
	recover_all(&m->recovery);
	a = answer(m);
	assert_int_equal(a.head.unique, 10);
	assert_int_equal(a.head.error, -EIO);
	assert_int_equal(atomic_load(&m->control->poisoned), 1);
	assert_true(is_free(&m->control->slots[4]));
}

/* Killed between the end of a request and that of the suspicion. */
static void nobody_is_blamed_for_what_is_over(void **state)
{
	struct machine *m = *state;
	struct slot *slot;

	agree(m);
	slot = leave_getattr(m, 4, DEAD, 10);
	slot->blame = 2;
	slot_clear(slot);
	recover_all(&m->recovery);
	assert_int_equal(answer(m).head.unique, 0);
	assert_true(is_free(slot));
}

static void nonsense_is_survived(void **state)
{
	struct machine *m = *state;
	static const struct fuse_in_header head = {
		.len = sizeof(head),
		.opcode = 12345,
		.unique = 10,
		.nodeid = UINT64_MAX,
	};

	agree(m);
	(void)leave(m, 4, DEAD, &head, NULL);
	recover_all(&m->recovery);
	assert_int_equal(answer(m).head.error, -ENOSYS);
	assert_true(is_free(&m->control->slots[4]));

	leave_getattr(m, 4, DEAD, 12)->in[0] = 5; /* bytes */
	leave_getattr(m, 5, DEAD, 14)->in[3] = 5; /* * 2^24 */
	recover_all(&m->recovery);
	assert_int_equal(answer(m).head.unique, 0);
	assert_true(is_free(&m->control->slots[4]));
	assert_true(is_free(&m->control->slots[5]));
}

/* An OPEN for a caller who is there no more, and was when it was first
 * executed: his file has to have a handle to be closed by. */
static void an_open_file_is_not_lost(void **state)
{
	struct machine *m = *state;
	const struct fuse_open_in arg = { 0 };
	struct fuse_in_header in = {
		.len = sizeof(in) + sizeof(arg),
		.opcode = FUSE_OPEN,
		.unique = 10,
		.pid = 1,
	};
	struct entry e;
	struct slot *slot;
	struct answer a;
	uint64_t fh;

	agree(m);
	assert_int_equal(
		catalog_lookup(m->service.catalog, FUSE_ROOT_ID, "proc", &e),
		0);
	assert_int_equal(
		catalog_lookup(m->service.catalog, e.id, "meminfo", &e), 0);
	in.nodeid = e.id;
	slot = leave(m, 4, DEAD, &in, &arg);
	fh = handle_open(m->service.area, e.id, 0, &slot->fh);
	recover(&m->recovery);

	a = answer(m);
	assert_int_equal(a.head.error, 0);
	assert_memory_equal(a.text, &fh, sizeof(fh));
	assert_int_equal(m->service.area->shares[0].handles, 1);
	handle_release(m->service.area, fh);
	assert_int_equal(m->service.area->shares[0].handles, 0);
}

#define AS_WORKER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AS_WORKER(init_is_answered_alike),
		AS_WORKER(init_is_asked_until_it_is_answered),
		AS_WORKER(only_the_dead_are_served),
		AS_WORKER(who_is_suspected_waits),
		AS_WORKER(what_killed_three_is_refused),
		AS_WORKER(nobody_is_blamed_for_what_is_over),
		AS_WORKER(nonsense_is_survived),
		AS_WORKER(an_open_file_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
