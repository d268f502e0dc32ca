/* SPDX-License-Identifier: Apache-2.0 */
/* Keep one connection served: where it comes from. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>

#include "adopt.h"
#include "base.h"
#include "devices.h"
#include "log.h"
#include "manager.h"
#include "supervisor.h"

static int open_signals(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	/* A notify socket or a worker may be gone when we write. */
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0)
		return -errno;

	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int make_memory(struct supervisor *s)
{
	int *fd = s->handed.fd;
	int r;

	fd[HANDED_CONTROL] = control_create(s->connection.dev);
	if (fd[HANDED_CONTROL] < 0)
		return fd[HANDED_CONTROL];

	/* The first worker gives it its size and its seals. */
	fd[HANDED_AREA] =
		memfd_create("resview-area", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd[HANDED_AREA] < 0)
		return -errno;

	r = control_map(fd[HANDED_CONTROL], &s->control);
	return r;
}

static int make_connection(struct supervisor *s)
{
	int fuse = connection_open(s->proc, &s->connection);
	int r;

	if (fuse < 0)
		return fuse;

	s->handed.fd[HANDED_FUSE] = fuse;
	r = make_memory(s);
	if (r < 0) {
		connection_unmount(&s->connection);
		return log_error(r, NULL, "make shared memory");
	}

	return 0;
}

int supervisor_open(struct supervisor *s)
{
	const struct adopt before = {
		.manager = s->manager,
		.store = &s->store,
		.run_dir = s->run_dir,
		.proc = s->proc,
	};
	int r = notify_open(&s->notify, s->manager->socket);

	if (r < 0)
		(void)log_warning(r, "ignoring", "notify the service manager");
	s->store.notify = &s->notify;
	s->signals = open_signals();
	if (s->signals < 0)
		return log_error(s->signals, NULL, "take signals");

	s->adopted = adopt(&before, &s->connection, &s->handed, &s->control);
	r = s->adopted ? 0 : make_connection(s);
	if (r < 0)
		return r;

	r = devices_note(s->run_dir, s->connection.dev,
			 s->adopted ? NULL : s->connection.name);
	if (r < 0)
		(void)log_warning(r, "a remount tool may not know this mount",
				  "write %s/devices", s->spawn.run_dir);
	if (s->store.kept < 0) {
		r = store_put(&s->store, &s->handed);
		if (r < 0)
			(void)log_warning(r, "a mount ends with us",
					  "store the connection");
	}

	s->workers.spawn = &s->spawn;
	s->workers.handed = &s->handed;
	s->workers.control = s->control;
	s->workers.run_dir = s->run_dir;
	s->workers.proc = s->proc;
	workers_init(&s->workers, s->adopted, s->store.program);
	s->tick_ns = clock_ns(CLOCK_MONOTONIC);

	/* What we need when memory is short must not have to be read then. */
	(void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
	return 0;
}
