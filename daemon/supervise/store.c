/* SPDX-License-Identifier: Apache-2.0 */
/* The service manager's store of open files.
 *
 * It does not say whether it takes what it is sent: a unit may allow none, and
 * a container engine's notify socket none ever. So the last thing sent is the
 * write end of a pipe. As long as the read end, ours, sees no end of file,
 * somebody holds it, and with it all that was sent before. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base.h"
#include "handed.h"
#include "manager.h"
#include "notify.h"

#define KEPT    "kept"
#define PROGRAM "program"

static const char *const names[HANDED_COUNT] = {
	[HANDED_FUSE] = "fuse",
	[HANDED_CONTROL] = "control",
	[HANDED_AREA] = "area",
};

/* Another end of the pipe FD: proc(5), /proc/PID/fd. */
static int read_end(int fd)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

int store_take(struct store *s, const struct manager *m, struct handed *ret)
{
	struct handed h = HANDED_NONE;
	int keep[HANDED_COUNT + 1];
	int found = 0;
	int pipe_end = manager_fd(m, KEPT);

	for (int i = 0; i < HANDED_COUNT; i++) {
		h.fd[i] = manager_fd(m, names[i]);
		found += h.fd[i] >= 0;
		keep[i] = h.fd[i];
	}
	if (pipe_end >= 0)
		s->kept = read_end(pipe_end);
	s->program = keep[HANDED_COUNT] = manager_fd(m, PROGRAM);
	manager_close(m, keep, HANDED_COUNT + 1);

	if (found != HANDED_COUNT) {
		handed_close(&h);
		return found ? -EPROTO : 0;
	}

	*ret = h;
	return 1;
}

/* Nobody may poll the connection: each request would wake him. systemd heeds
 * FDPOLL since 246, and those before ignore it. */
static int put(const struct store *s, const char *name, int fd)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "FDSTORE=1\nFDNAME=%s\nFDPOLL=0",
		       name);
	return notify_send(s->notify, fd, text);
}

int store_put(struct store *s, const struct handed *h)
{
	int ends[2];
	int r = 0;

	if (s->notify->fd < 0)
		return 0;

	for (int i = 0; i < HANDED_COUNT && r == 0; i++)
		r = put(s, names[i], h->fd[i]);
	if (r < 0)
		return r;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;

	r = put(s, KEPT, ends[1]);
	close(ends[1]);
	close_at(&s->kept);
	s->kept = ends[0];
	return r;
}

static void drop(const struct store *s, const char *name)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "FDSTOREREMOVE=1\nFDNAME=%s", name);
	(void)notify_send(s->notify, -1, text); /* nobody is there */
}

static bool same_file(int a, int b)
{
	struct stat of_a;
	struct stat of_b;

	return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 &&
	       of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

void store_put_program(struct store *s, int binary)
{
	if (s->notify->fd < 0 || binary < 0 || same_file(s->program, binary))
		return;

	drop(s, PROGRAM);
	(void)put(s, PROGRAM, binary); /* less to fall back on */
	close_at(&s->program);
	s->program = fcntl(binary, F_DUPFD_CLOEXEC, 0);
}

void store_drop(struct store *s)
{
	drop(s, KEPT);
	for (int i = 0; i < HANDED_COUNT; i++)
		drop(s, names[i]);
	drop(s, PROGRAM);
	store_close(s);
}

bool store_holds(const struct store *s)
{
	struct pollfd p = { .fd = s->kept };

	return s->kept >= 0 && poll(&p, 1, 0) == 0;
}

void store_close(struct store *s)
{
	close_at(&s->kept);
	close_at(&s->program);
	s->kept = -1;
	s->program = -1;
}
