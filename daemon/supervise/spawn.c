/* SPDX-License-Identifier: Apache-2.0 */
/* Start a worker. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base.h"
#include "child.h"
#include "handed.h"
#include "log.h"
#include "str.h"

#define PROGRAM  "resview-worker"
#define ARGS_MAX 10
#define FDS_HIGH 64 /* beyond all that a worker gets */

int spawn_init(struct spawn *s)
{
	ssize_t n = readlink("/proc/self/exe", s->dir, sizeof(s->dir) - 1);
	char *slash;

	if (n < 0)
		return -errno;

	s->dir[n] = '\0';
	slash = strrchr(s->dir, '/');
	if (!slash)
		return -EINVAL;
	*slash = '\0';
	return 0;
}

int spawn_binary(const struct spawn *s)
{
	static const char *const places[] = {
		PROGRAM,
		RESVIEW_LIBEXEC_FROM_SBIN "/resview/" PROGRAM,
	};
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(places) && r == -ENOENT; i++) {
		autostr struct str path = { 0 };

		str_addf(&path, "%s/%s", s->dir, places[i]);
		if (path.err)
			return path.err;
		r = open(path.text, O_PATH | O_CLOEXEC);
		if (r < 0)
			r = -errno;
	}

	return r;
}

/* Move FDS out of the way first: they may lie where others belong. */
static int place_fds(const int *fds, int count, int first)
{
	int high[HANDOVER_END];

	for (int i = 0; i < count; i++) {
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FDS_HIGH);
		if (high[i] < 0)
			return -errno;
	}
	for (int i = 0; i < count; i++)
		if (dup2(high[i], first + i) < 0)
			return -errno;

	return 0;
}

/* In the child. Returns only on failure, with -errno. */
static int execute(const struct spawn *s, const struct start *start, int report,
		   char *const argv[])
{
	const int fds[] = {
		start->handed->fd[HANDED_FUSE],
		start->handed->fd[HANDED_CONTROL],
		start->handed->fd[HANDED_AREA],
		report,
	};
	int binary = fcntl(start->binary, F_DUPFD_CLOEXEC, FDS_HIGH);
	int r = binary < 0 ? -errno : 0;

	if (r == 0)
		r = child_prepare(s->log);
	if (r == 0)
		r = place_fds(fds, ARRAY_SIZE(fds), HANDOVER_FUSE);
	if (r < 0)
		return r;

	/* All of ours have the flag already. ENOSYS: before Linux 5.9. */
	(void)syscall(SYS_close_range, HANDOVER_END, ~0U, CLOSE_RANGE_CLOEXEC);
	(void)syscall(SYS_execveat, binary, "", argv, environ, AT_EMPTY_PATH);
	return -errno;
}

struct pipes {
	int report[2];
	int gate[2];
};

static void close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		close_at(&p->report[i]);
		close_at(&p->gate[i]);
	}
}

__attribute__((noreturn)) static void child(const struct spawn *s,
					    const struct start *start,
					    struct pipes *p, char *const argv[])
{
	char byte;
	int r;

	close(p->gate[1]);
	if (read(p->gate[0], &byte, 1) != 1)
		_exit(WORKER_DRAINED); /* nothing is in its hands */

	r = execute(s, start, p->report[1], argv);
	_exit(log_error(r, NULL, "execute " PROGRAM) < 0 ? WORKER_REFUSED : 0);
}

struct args {
	struct str generation;
	struct str run_dir;
	struct str config;
	struct str nice;
	char *argv[ARGS_MAX];
};

static void args_free(struct args *a)
{
	str_free(&a->generation);
	str_free(&a->run_dir);
	str_free(&a->config);
	str_free(&a->nice);
}

static int args_make(const struct spawn *s, const struct start *start,
		     struct args *a)
{
	static char name[] = PROGRAM;
	static char configure[] = "--configure";
	static char no_swap[] = "--disable-swap";
	static char debug[] = "--debug";
	int n = 0;

	str_addf(&a->generation, "--generation=%u", start->generation);
	str_addf(&a->run_dir, "--run-dir=%s", s->run_dir);
	str_addf(&a->nice, "--nice=%d", s->nice);
	if (s->config)
		str_addf(&a->config, "--config=%s", s->config);
	if (a->generation.err || a->run_dir.err || a->config.err || a->nice.err)
		return -ENOMEM;

	a->argv[n++] = name;
	a->argv[n++] = a->generation.text;
	a->argv[n++] = a->run_dir.text;
	a->argv[n++] = a->nice.text;
	if (s->config)
		a->argv[n++] = a->config.text;
	if (start->configure)
		a->argv[n++] = configure;
	if (s->no_swap)
		a->argv[n++] = no_swap;
	if (s->debug)
		a->argv[n++] = debug;
	return 0;
}

static int fork_with(const struct spawn *s, const struct start *start,
		     struct pipes *p, char *const argv[])
{
	pid_t pid;

	if (pipe2(p->report, O_CLOEXEC) < 0 || pipe2(p->gate, O_CLOEXEC) < 0 ||
	    fcntl(p->report[0], F_SETFL, O_NONBLOCK) < 0)
		return -errno;

	pid = fork();
	if (pid == 0)
		child(s, start, p, argv);
	return pid < 0 ? -errno : pid;
}

int spawn_fork(const struct spawn *s, const struct start *start,
	       struct spawned *ret)
{
	struct pipes p = { { -1, -1 }, { -1, -1 } };
	struct args args = { 0 };
	int r = args_make(s, start, &args);

	if (r == 0)
		r = fork_with(s, start, &p, args.argv);
	if (r > 0)
		*ret = (struct spawned){ r, take_fd(&p.report[0]),
					 take_fd(&p.gate[1]) };
	close_pipes(&p);
	args_free(&args);
	return r < 0 ? r : 0;
}

void spawn_go(struct spawned *p)
{
	(void)!write(p->gate, "", 1); /* EPIPE: it was killed */
	close_at(&p->gate);
	p->gate = -1;
}
