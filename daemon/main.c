/* SPDX-License-Identifier: Apache-2.0 */
/* resviewd: options, configuration, and the order of the start. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>

#include "base.h"
#include "config.h"
#include "control.h"
#include "connection.h"
#include "detach.h"
#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "probe.h"
#include "setup.h"

struct daemon {
	const struct options *options;
	const struct config *config;
	char mountpoint[PATH_MAX];
	int run_dir;
	int registry;
	int pidfile;
	int ready; /* fd of detach_begin(), or -1 */
	struct connection connection;
	struct control *control;
	int control_fd;
	int area_fd;
	int report;
	uint32_t generation;
	pid_t child;
};

static int take_pidfile(struct daemon *d)
{
	const char *path = d->options->pidfile;

	if (!path)
		return 0;

	d->pidfile = pidfile_open(path);
	if (d->pidfile < 0)
		return log_error(d->pidfile, NULL, "write pid file %s", path);
	return 0;
}

static void become_worker(const struct daemon *d, uint32_t generation,
			  const int *fds)
{
	char self[PATH_MAX];
	char program[PATH_MAX + 16];
	char number[16];
	const void *argv[] = { "resview-worker",
			       "--generation",
			       number,
			       "--run-dir",
			       d->options->run_dir,
			       "--configure",
			       d->options->config ? "--config" : NULL,
			       d->options->config,
			       NULL };
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	sigset_t none;

	if (n < 0)
		_exit(127);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	(void)snprintf(program, sizeof(program), "%s/resview-worker", self);
	(void)snprintf(number, sizeof(number), "%u", generation);
	for (int i = 0; i < 4; i++)
		(void)dup2(fds[i], 100 + i);
	for (int i = 0; i < 4; i++)
		(void)dup2(100 + i, HANDOVER_FUSE + i);
	(void)close_range(HANDOVER_END, ~0U, 0);
	sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
	(void)execv(program, (void *)argv);
	_exit(127);
}

static int start_worker(struct daemon *d)
{
	int ends[2];
	int fds[4] = { d->connection.fd, d->control_fd, d->area_fd };
	uint32_t generation = control_expect(d->control);
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fds[3] = ends[1];
	d->child = fork();
	if (d->child == 0)
		become_worker(d, generation, fds);
	close(ends[1]);
	d->generation = generation;
	d->report = ends[0];
	return read(ends[0], &byte, 1) == 1 ? 0 : -EIO;
}

static int prove(struct daemon *d)
{
	int r = probe_read(d->mountpoint);

	if (r < 0)
		return log_error(r, NULL, "read %s/proc/meminfo",
				 d->mountpoint);

	log_line(LOG_INFO, "serving %s", d->mountpoint);
	if (d->ready < 0)
		return 0;

	r = detach_done(d->ready, d->run_dir, "resviewd.log");
	d->ready = -1;
	if (r < 0)
		return log_error(r, NULL, "detach");
	return 0;
}

static int serve(struct daemon *d)
{
	int r = connection_open(open("/proc", O_RDONLY), d->mountpoint,
				&d->connection);

	if (r < 0)
		return r;

	r = connection_note(d->run_dir, &d->connection);
	if (r < 0)
		(void)log_warning(r, "a remount tool may not know this mount",
				  "write %s/devices", d->options->run_dir);
	d->control_fd = control_create(d->connection.dev);
	d->area_fd = memfd_create("resview-area", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	(void)control_map(d->control_fd, &d->control);
	r = start_worker(d);
	if (r == 0)
		r = prove(d);

	return r;
}

/* These are blocked in all threads and taken here. LXCFS's units send SIGUSR1
 * to reload, and a closed terminal SIGHUP: neither may end us. */
static void signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
	sigaddset(set, SIGCHLD);
}

static void wait_for_end(struct daemon *d, const sigset_t *set)
{
	siginfo_t info;
	int sig;

	do {
		sig = sigwaitinfo(set, &info);
		if (sig == SIGCHLD && waitpid(d->child, NULL, WNOHANG) == d->child) {
			char byte;
			while (read(d->report, &byte, 1) > 0)
				;
			close(d->report);
			control_bury(d->control, d->generation);
			(void)start_worker(d);
		}
	} while (sig != SIGTERM && sig != SIGINT);
}

static int run(struct daemon *d)
{
	sigset_t set;
	int r;

	signals(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);

	r = setup_run_dir(d->options->run_dir, &d->run_dir, &d->registry);
	if (r == 0)
		r = setup_mountpoint(d->options, d->config, d->mountpoint,
				     sizeof(d->mountpoint));
	if (r == 0)
		r = take_pidfile(d);
	if (r == 0)
		r = serve(d);
	if (r == 0)
		wait_for_end(d, &set);

	return r;
}

static void end(struct daemon *d)
{
	if (d->connection.fd >= 0)
		connection_unmount(&d->connection);
	if (d->child > 0)
		kill(d->child, SIGTERM);
	connection_close(&d->connection);
	pidfile_close(d->options->pidfile, d->pidfile);
	close_at(&d->registry);
	close_at(&d->run_dir);
}

static int load_config(const struct options *o, struct config *c)
{
	const char *path = o->config ? o->config : CONFIG_DEFAULT;
	unsigned line;
	int r = config_read(path, c, &line);

	if (r == -ENOENT && !o->config)
		return 0;
	if (r < 0 && line)
		return log_error(r, NULL, "%s, line %u", path, line);
	if (r < 0)
		return log_error(r, NULL, "read %s", path);
	return 0;
}

/* The main process of a container, or of a systemd unit that was written for
 * LXCFS, which never detaches: its end would end the service. */
static bool supervised(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	return getpid() == 1 || (getppid() == 1 && getenv("INVOCATION_ID"));
}

int main(int argc, char *argv[])
{
	autoconfig struct config config = CONFIG_INIT;
	struct options options;
	struct daemon d = {
		.options = &options,
		.config = &config,
		.run_dir = -1,
		.registry = -1,
		.pidfile = -1,
		.ready = -1,
		.connection = { .fd = -1 },
	};
	bool journal;
	int r;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	journal = getenv("JOURNAL_STREAM") != NULL;
	log_open("resviewd", LOG_INFO, journal);
	r = options_parse(argc, argv, &options);
	if (r >= 0)
		return r;
	if (options.debug)
		log_open("resviewd", LOG_DEBUG, journal);

	umask(022);
	if (load_config(&options, &config) < 0)
		return 1;
	if (!options.foreground && !supervised()) {
		d.ready = detach_begin();
		if (d.ready < 0) {
			(void)log_error(d.ready, NULL, "fork");
			return 1;
		}
	}

	r = run(&d);
	end(&d);
	return r < 0 ? 1 : 0;
}
