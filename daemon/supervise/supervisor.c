/* SPDX-License-Identifier: Apache-2.0 */
/* Keep one connection served: the loop. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base.h"
#include "log.h"
#include "manager.h"
#include "orphan.h"
#include "rounds.h"
#include "tell.h"

#define TICK_NS NSEC_PER_SEC
#define END_NS  (5 * NSEC_PER_SEC)

static void end_begin(struct supervisor *s, uint64_t now)
{
	if (s->ending)
		return;

	s->ending = true;
	s->end_ns = now + END_NS;
	tell_stopping(s);
	if (s->result == 0 && s->workers.end == WORKERS_GO_ON &&
	    store_holds(&s->store)) {
		store_put_program(&s->store, s->workers.binary);
		log_line(LOG_NOTICE, "ending, %s stays for the next start",
			 s->connection.mountpoint);
	} else {
		connection_unmount(&s->connection);
		store_drop(&s->store);
	}
	workers_finish(&s->workers, now);
}

static void take_signals(struct supervisor *s, uint64_t now)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT:
			end_begin(s, now);
			break;
		case SIGHUP:
		case SIGUSR1: /* LXCFS's units reload with it */
			s->workers.reload = true;
			tell_reloading(s);
			break;
		default: /* SIGCHLD: reap() asks; SIGUSR2: not for us */
			break;
		}
	}
}

/* As the first process of a container we get children that are not ours. */
static void reap(struct supervisor *s, uint64_t now)
{
	int status;
	int answer;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (probe_reaped(&s->probe, pid, status, &answer))
			rounds_answer(s, answer);
		else if (!remount_reaped(&s->remount, pid, status))
			workers_reaped(&s->workers, pid, status);
	}

	workers_step(&s->workers, now);
}

static void check_end(struct supervisor *s, uint64_t now)
{
	if (s->ending || s->workers.end == WORKERS_GO_ON)
		return;

	if (s->workers.end == WORKERS_FAIL)
		s->result = -ECHILD;
	else
		log_line(LOG_NOTICE, "%s: %s, ending", s->connection.mountpoint,
			 connection_mounted(&s->connection)
				 ? "the connection was aborted"
				 : "unmounted from outside");
	end_begin(s, now);
}

static int timeout_ms(const struct supervisor *s, uint64_t now)
{
	uint64_t due = min_u64(s->tick_ns, workers_due(&s->workers, now));
	uint64_t ns = sub_floor(due, now);

	return (int)((ns + 999999) / 1000000);
}

static void turn(struct supervisor *s)
{
	struct pollfd fds[WORKERS_POLL_MAX + 1] = {
		{ s->signals, POLLIN, 0 },
	};
	unsigned n = 1 + workers_poll(&s->workers, fds + 1);
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	/* EINTR cannot be: all signals are blocked. */
	(void)poll(fds, n, timeout_ms(s, now));
	now = clock_ns(CLOCK_MONOTONIC);
	take_signals(s, now);
	reap(s, now);
	check_end(s, now);
	tell_reloaded(s);
	if (now < s->tick_ns)
		return;

	s->tick_ns = now + TICK_NS;
	if (!s->ending)
		rounds_tick(s, now);
}

static bool over(const struct supervisor *s)
{
	return s->ending && (!workers_left(&s->workers) ||
			     clock_ns(CLOCK_MONOTONIC) >= s->end_ns);
}

int supervisor_prove(struct supervisor *s)
{
	while (!s->proven && !over(s)) {
		turn(s);
		if (s->result < 0)
			return s->result;
	}

	return 0;
}

int supervisor_serve(struct supervisor *s)
{
	while (!over(s))
		turn(s);

	return s->result;
}

void supervisor_close(struct supervisor *s)
{
	if (s->control) {
		end_begin(s, clock_ns(CLOCK_MONOTONIC));
		(void)supervisor_serve(s);
		if (!workers_left(&s->workers))
			orphan_forget(s->run_dir);
	}
	probe_stop(&s->probe);
	remount_stop(&s->remount);
	store_close(&s->store);
	notify_close(&s->notify);
	control_unmap(s->control);
	handed_close(&s->handed);
	close_at(&s->signals);
}
