/* SPDX-License-Identifier: Apache-2.0 */
/* resviewd: options, configuration, and the order of the start. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>

#include "base.h"
#include "config.h"
#include "connection.h"
#include "detach.h"
#include "host.h"
#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "probe.h"
#include "setup.h"
#include "worker.h"

struct daemon {
	const struct options *options;
	const struct config *config;
	char mountpoint[PATH_MAX];
	int run_dir;
	int registry;
	int pidfile;
	int ready; /* fd of detach_begin(), or -1 */
	struct host *host;
	struct connection connection;
	struct worker *worker;
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

static int start_worker(struct daemon *d)
{
	const struct worker_config config = {
		.policy = {
			.cpu = d->config->cpu,
			.uptime = d->config->uptime,
			.loadavg = d->config->loadavg,
			.swap = d->config->swap && !d->options->no_swap,
		},
		.threads = d->config->threads,
		.registry = d->registry,
	};
	autoclose int memory = worker_area(d->host);
	int r;

	if (memory < 0)
		return log_error(memory, NULL, "make shared memory");

	r = worker_start(d->connection.fd, memory, d->host, &config,
			 &d->worker);
	if (r < 0)
		return log_error(r, NULL, "start to serve %s", d->mountpoint);
	return 0;
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
	int r = connection_open(host_proc(d->host), d->mountpoint,
				&d->connection);

	if (r < 0)
		return r;

	r = connection_note(d->run_dir, &d->connection);
	if (r < 0)
		(void)log_warning(r, "a remount tool may not know this mount",
				  "write %s/devices", d->options->run_dir);
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
}

static void wait_for_end(const sigset_t *set)
{
	siginfo_t info;
	int sig;

	do
		sig = sigwaitinfo(set, &info);
	while (sig != SIGTERM && sig != SIGINT);

	if (info.si_pid == getpid()) /* see worker_start() */
		log_line(LOG_NOTICE, "unmounted from outside, ending");
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
		r = setup_host(&d->host);
	if (r == 0)
		r = setup_mountpoint(d->options, d->config, d->mountpoint,
				     sizeof(d->mountpoint));
	if (r == 0)
		r = take_pidfile(d);
	if (r == 0)
		r = serve(d);
	if (r == 0)
		wait_for_end(&set);

	return r;
}

static void end(struct daemon *d)
{
	if (d->connection.fd >= 0)
		connection_unmount(&d->connection);
	if (d->worker)
		worker_stop(d->worker);
	connection_close(&d->connection);
	pidfile_close(d->options->pidfile, d->pidfile);
	host_close(d->host);
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
