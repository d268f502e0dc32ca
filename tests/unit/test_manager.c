/* SPDX-License-Identifier: Apache-2.0 */
/* A service manager, played by this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base.h"
#include "handed.h"
#include "manager.h"
#include "notify.h"
#include "store.h"

struct message {
	char text[256];
	int fd; /* -1: none came with it */
};

/* An abstract socket, as systemd's are in a container. */
static int open_manager(char name[static 64])
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(name, 64, "@resview-test-%d", (int)getpid());

	memcpy(at.sun_path + 1, name + 1, (size_t)len - 1);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&at,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				 (size_t)len)),
		0);
	return fd;
}

static struct message receive(int fd)
{
	struct message m = { .fd = -1 };
	char space[CMSG_SPACE(sizeof(int) * 4)];
	struct iovec iov = { m.text, sizeof(m.text) - 1 };
	struct msghdr head = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space),
	};
	const struct cmsghdr *c;

	assert_true(recvmsg(fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) > 0);
	c = CMSG_FIRSTHDR(&head);
	if (c) {
		assert_int_equal(c->cmsg_type, SCM_RIGHTS);
		assert_int_equal(c->cmsg_len, CMSG_LEN(sizeof(int)));
		memcpy(&m.fd, CMSG_DATA(c), sizeof(int));
	}
	return m;
}

static bool same(int a, int b)
{
	struct stat x;
	struct stat y;

	assert_int_equal(fstat(a, &x), 0);
	assert_int_equal(fstat(b, &y), 0);
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static struct handed some_files(void)
{
	struct handed h;

	for (int i = 0; i < HANDED_COUNT; i++) {
		h.fd[i] = memfd_create("test", MFD_CLOEXEC);
		assert_true(h.fd[i] >= 0);
	}
	return h;
}

static void a_message_arrives(void **state)
{
	char name[64];
	autoclose int fd = open_manager(name);
	struct notify n = NOTIFY_NONE;

	(void)state;
	assert_int_equal(notify_open(&n, name), 0);
	assert_int_equal(notify_send(&n, -1, "READY=1\nSTATUS=x"), 0);
	assert_string_equal(receive(fd).text, "READY=1\nSTATUS=x");
	notify_close(&n);
}

static void nobody_may_listen(void **state)
{
	struct notify n = NOTIFY_NONE;
	char longest[200] = "/";

	(void)state;
	assert_int_equal(notify_open(&n, NULL), 0);
	assert_int_equal(notify_send(&n, -1, "READY=1"), 0);
	assert_int_equal(notify_open(&n, "vsock:2:1"), -EPROTONOSUPPORT);
	memset(longest + 1, 'a', sizeof(longest) - 2);
	assert_int_equal(notify_open(&n, longest), -ENAMETOOLONG);
	assert_int_equal(notify_send(&n, -1, "READY=1"), 0);

	assert_int_equal(notify_open(&n, "/no/such/socket"), 0);
	assert_int_equal(notify_send(&n, -1, "READY=1"), -ENOENT);
	notify_close(&n);
}

static void what_is_stored_is_held(void **state)
{
	static const char *const names[] = { "fuse", "control", "area",
					     "kept" };
	char name[64];
	autoclose int fd = open_manager(name);
	struct notify n = NOTIFY_NONE;
	struct store s = STORE_NONE;
	struct handed h = some_files();
	struct message m[ARRAY_SIZE(names)];

	(void)state;
	s.notify = &n;
	assert_int_equal(notify_open(&n, name), 0);
	assert_false(store_holds(&s));
	assert_int_equal(store_put(&s, &h), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char want[64];

		(void)snprintf(want, sizeof(want),
			       "FDSTORE=1\nFDNAME=%s\nFDPOLL=0", names[i]);
		m[i] = receive(fd);
		assert_string_equal(m[i].text, want);
		assert_true(m[i].fd >= 0);
		if (i < HANDED_COUNT)
			assert_true(same(m[i].fd, h.fd[i]));
	}

	assert_true(store_holds(&s));
	close(m[3].fd);
	assert_false(store_holds(&s));
	for (int i = 0; i < HANDED_COUNT; i++)
		close(m[i].fd);

	store_drop(&s);
	assert_string_equal(receive(fd).text, "FDSTOREREMOVE=1\nFDNAME=kept");
	assert_string_equal(receive(fd).text, "FDSTOREREMOVE=1\nFDNAME=fuse");
	handed_close(&h);
	notify_close(&n);
}

/* Once for each file, by whatever fd. */
static void a_program_is_stored(void **state)
{
	char name[64];
	autoclose int fd = open_manager(name);
	autoclose int one = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	autoclose int same_one = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	autoclose int other = memfd_create("test", MFD_CLOEXEC);
	const int each[] = { one, other };
	struct notify n = NOTIFY_NONE;
	struct store s = STORE_NONE;

	(void)state;
	s.notify = &n;
	store_put_program(&s, one); /* there is nobody */
	assert_int_equal(notify_open(&n, name), 0);
	store_put_program(&s, -1);
	for (size_t i = 0; i < ARRAY_SIZE(each); i++) {
		struct message m;

		store_put_program(&s, each[i]);
		store_put_program(&s, i == 0 ? same_one : other);
		assert_string_equal(receive(fd).text,
				    "FDSTOREREMOVE=1\nFDNAME=program");
		m = receive(fd);
		assert_string_equal(m.text,
				    "FDSTORE=1\nFDNAME=program\nFDPOLL=0");
		assert_true(same(m.fd, each[i]));
		close(m.fd);
	}

	store_close(&s);
	assert_int_equal(s.program, -1);
	notify_close(&n);
}

/* A store that takes nothing closes what it gets. */
static void a_store_may_refuse(void **state)
{
	char name[64];
	autoclose int fd = open_manager(name);
	struct notify n = NOTIFY_NONE;
	struct store s = STORE_NONE;
	struct handed h = some_files();

	(void)state;
	s.notify = &n;
	assert_int_equal(notify_open(&n, name), 0);
	assert_int_equal(store_put(&s, &h), 0);
	for (int i = 0; i <= HANDED_COUNT; i++)
		close(receive(fd).fd);
	assert_false(store_holds(&s));

	store_close(&s);
	handed_close(&h);
	notify_close(&n);
}

static void set(const char *name, const char *value)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	assert_int_equal(setenv(name, value, 1), 0);
}

static void set_number(const char *name, unsigned value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%u", value);
	set(name, text);
}

static bool is_set(const char *name)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	return getenv(name) != NULL;
}

/* What a process finds that is started with N fds called NAMES. Fds that are
 * not passed on are closed, so each has a process of its own. */
static int as_service(unsigned n, const char *names, int (*check)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child) {
		assert_int_equal(waitpid(child, &status, 0), child);
		return status;
	}

	for (int fd = MANAGER_FDS; fd < MANAGER_FDS + (int)n; fd++) {
		int pipe_ends[2];
		int made;

		assert_int_equal(pipe(pipe_ends), 0);
		made = fcntl(pipe_ends[1], F_DUPFD, 100);
		close(pipe_ends[0]);
		close(pipe_ends[1]);
		assert_int_equal(dup2(made, fd), fd);
	}
	set_number("LISTEN_PID", (unsigned)getpid());
	set_number("LISTEN_FDS", n);
	set_number("WATCHDOG_PID", (unsigned)getpid());
	set_number("WATCHDOG_USEC", 30000000);
	set("NOTIFY_SOCKET", "@somewhere");
	if (names)
		set("LISTEN_FDNAMES", names);
	_exit(check());
}

static void check(bool fine, int line)
{
	if (!fine)
		_exit(line % 251 + 1);
}

#define CHECK(condition) check(condition, __LINE__)

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int check_environment(void)
{
	static const char *const names[] = {
		"LISTEN_PID",   "LISTEN_FDS",    "LISTEN_FDNAMES",
		"WATCHDOG_PID", "WATCHDOG_USEC", "NOTIFY_SOCKET",
	};
	struct manager m;

	dup2(STDOUT_FILENO, 20); /* of somebody who does not know CLOEXEC */
	CHECK(manager_read(&m) == 0);
	CHECK(!is_open(20));
	CHECK(m.fds == 1 && m.watchdog_us == 30000000);
	CHECK(strcmp(m.socket, "@somewhere") == 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		CHECK(!is_set(names[i]));
	return 0;
}

static int check_all(void)
{
	struct store s = STORE_NONE;
	struct handed h = HANDED_NONE;
	struct manager m;

	CHECK(manager_read(&m) == 0);
	CHECK(manager_fd(&m, "control") == 4 && manager_fd(&m, "x") == 5);
	CHECK(manager_fd(&m, "contro") == -1);
	CHECK(store_take(&s, &m, &h) == 1);
	CHECK(h.fd[HANDED_FUSE] == 6 && h.fd[HANDED_CONTROL] == 4);
	CHECK(h.fd[HANDED_AREA] == 3);
	CHECK(s.program == 8 && is_open(8));
	CHECK(fcntl(3, F_GETFD) == FD_CLOEXEC);
	CHECK(!is_open(5));
	return 0;
}

static int check_incomplete(void)
{
	struct store s = STORE_NONE;
	struct handed h = HANDED_NONE;
	struct manager m;

	CHECK(manager_read(&m) == 0);
	CHECK(store_take(&s, &m, &h) == -EPROTO);
	CHECK(!is_open(3) && !is_open(4));
	CHECK(h.fd[HANDED_FUSE] == -1);
	return 0;
}

static int check_unnamed(void)
{
	struct store s = STORE_NONE;
	struct handed h = HANDED_NONE;
	struct manager m;

	CHECK(manager_read(&m) == 0);
	CHECK(m.fds == 3);
	CHECK(store_take(&s, &m, &h) == 0);
	CHECK(!is_open(3) && !is_open(5));
	return 0;
}

static int check_others(void)
{
	struct manager m;

	set("LISTEN_PID", "1");
	set("WATCHDOG_PID", "1");
	CHECK(manager_read(&m) == 0);
	CHECK(m.fds == 0 && m.watchdog_us == 0);
	CHECK(!is_open(3));
	return 0;
}

static int check_nonsense(void)
{
	struct manager m;

	set("LISTEN_FDS", "-1");
	set("WATCHDOG_USEC", "1e9");
	CHECK(manager_read(&m) == 0);
	CHECK(m.fds == 0 && m.watchdog_us == 0);
	set("LISTEN_FDS", "4000000000");
	CHECK(manager_read(&m) == 0);
	CHECK(m.fds == 0);
	return 0;
}

static void the_environment_is_taken_away(void **state)
{
	(void)state;
	assert_int_equal(as_service(1, "fuse", check_environment), 0);
}

static void fds_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(
		as_service(6, "area:control:x:fuse:kept:program", check_all),
		0);
}

static void half_a_connection_is_none(void **state)
{
	(void)state;
	assert_int_equal(as_service(2, "fuse:control", check_incomplete), 0);
	assert_int_equal(as_service(3, "fuse:fuse:area", check_incomplete), 0);
}

static void others_fds_are_closed(void **state)
{
	(void)state;
	assert_int_equal(as_service(3, NULL, check_unnamed), 0);
	assert_int_equal(as_service(3, "a:b", check_unnamed), 0);
	assert_int_equal(as_service(3, "fuse:control:area", check_others), 0);
	assert_int_equal(as_service(1, "", check_nonsense), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_arrives),
		cmocka_unit_test(nobody_may_listen),
		cmocka_unit_test(what_is_stored_is_held),
		cmocka_unit_test(a_program_is_stored),
		cmocka_unit_test(a_store_may_refuse),
		cmocka_unit_test(the_environment_is_taken_away),
		cmocka_unit_test(fds_are_found_by_name),
		cmocka_unit_test(half_a_connection_is_none),
		cmocka_unit_test(others_fds_are_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
