/* SPDX-License-Identifier: Apache-2.0 */
/* resviewd: options, and the order of the start. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base.h"
#include "config.h"
#include "detach.h"
#include "log.h"
#include "manager.h"
#include "options.h"
#include "pidfile.h"
#include "setup.h"
#include "str.h"
#include "supervisor.h"

#define LOG_NAME "resviewd.log"

struct daemon {
	const struct options *options;
	const struct config *config;
	char run_path[PATH_MAX];
	char config_path[PATH_MAX];
	char mountpoint[PATH_MAX];
	int lock;
	int pidfile;
	int ready; /* fd of detach_begin(), or -1 */
	struct supervisor supervisor;
};

/* One supervisor for a run directory: two would adopt each other's workers. */
static int take_lock(struct daemon *d)
{
	int fd = pidfile_open(d->supervisor.run_dir, "lock");

	if (fd == -EAGAIN)
		return log_error(-EBUSY, NULL, "%s: another resviewd serves it",
				 d->options->run_dir);
	if (fd < 0)
		return log_error(fd, NULL, "lock %s/lock", d->options->run_dir);

	d->lock = fd;
	return 0;
}

static int take_pidfile(struct daemon *d)
{
	const char *path = d->options->pidfile;

	if (!path)
		return 0;

	d->pidfile = pidfile_open(AT_FDCWD, path);
	if (d->pidfile < 0)
		return log_error(d->pidfile, NULL, "write pid file %s", path);
	return 0;
}

static int open_log(struct daemon *d)
{
	int fd;

	if (d->ready < 0)
		return 0;

	fd = detach_log(d->supervisor.run_dir, LOG_NAME);
	if (fd < 0)
		return log_error(fd, NULL, "open %s/" LOG_NAME,
				 d->options->run_dir);

	d->supervisor.spawn.log = fd;
	return 0;
}

/* Workers are told where things are; our directory may be another by then. */
static int make_absolute(struct daemon *d)
{
	const struct options *o = d->options;
	struct spawn *spawn = &d->supervisor.spawn;
	int r = setup_absolute(o->run_dir, d->run_path, sizeof(d->run_path));

	if (r == 0 && o->config)
		r = setup_absolute(o->config, d->config_path,
				   sizeof(d->config_path));
	if (r < 0)
		return log_error(r, NULL, "%s", o->run_dir);

	spawn->run_dir = d->run_path;
	spawn->config = o->config ? d->config_path : NULL;
	return 0;
}

static int prepare(struct daemon *d)
{
	struct supervisor *s = &d->supervisor;
	int r = setup_run_dir(d->options->run_dir, &s->run_dir);

	if (r == 0)
		r = make_absolute(d);
	if (r == 0)
		r = setup_proc(&s->proc);
	if (r == 0)
		r = setup_mountpoint(d->options, d->config, d->mountpoint,
				     sizeof(d->mountpoint));
	if (r == 0)
		r = take_lock(d);
	if (r == 0)
		r = take_pidfile(d);
	if (r == 0)
		r = open_log(d);

	return r;
}

static int detach(struct daemon *d)
{
	int r;

	if (d->ready < 0)
		return 0;

	r = detach_done(d->ready, d->supervisor.spawn.log);
	d->ready = -1;
	if (r < 0)
		return log_error(r, NULL, "detach");
	return 0;
}

static int run(struct daemon *d)
{
	int r = prepare(d);

	if (r == 0)
		r = supervisor_open(&d->supervisor);
	if (r == 0)
		r = supervisor_prove(&d->supervisor);
	if (r < 0 && d->supervisor.spawn.log >= 0)
		log_line(LOG_ERR, "not started, see also %s/" LOG_NAME,
			 d->run_path);
	if (r == 0)
		r = detach(d);
	if (r == 0)
		r = supervisor_serve(&d->supervisor);

	return r;
}

static void end(struct daemon *d)
{
	supervisor_close(&d->supervisor);
	pidfile_close(d->options->pidfile, d->pidfile);
	close_at(&d->supervisor.proc);
	close_at(&d->supervisor.run_dir);
	close_at(&d->lock);
}

static int load_config(const struct options *o, struct config *c)
{
	autostr struct str where = { 0 };
	int r = config_load(o->config, c, &where);

	return r < 0 ? log_error(r, NULL, "%s", str_text(&where)) : 0;
}

/* Where readers wait, nobody may keep them waiting by what he has written: the
 * worker goes on with the settings of before. */
static bool awaited(const struct manager *m)
{
	return m->fds > 0;
}

/* The main process of a container, or of a systemd unit that was written for
 * LXCFS, which never detaches: its end would end the service. */
static bool supervised(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	return getpid() == 1 || (getppid() == 1 && getenv("INVOCATION_ID"));
}

static int background(struct daemon *d)
{
	if (d->options->foreground || supervised())
		return 0;

	d->ready = detach_begin();
	return d->ready < 0 ? log_error(d->ready, NULL, "fork") : 0;
}

/* With no "-f" the child goes on from here. */
static int start(struct daemon *d, struct config *config,
		 struct manager *manager)
{
	int r = manager_read(manager);

	if (r < 0)
		return log_error(r, NULL, "take over open files");

	r = load_config(d->options, config);
	if (r == 0 || awaited(manager))
		r = background(d);
	if (r < 0)
		return r;

	r = spawn_init(&d->supervisor.spawn);
	if (r < 0)
		return log_error(r, NULL, "find our own program");
	d->supervisor.spawn.nice = setup_priority();

	return run(d);
}

int main(int argc, char *argv[])
{
	autoconfig struct config config = CONFIG_INIT;
	struct manager manager = { 0 };
	struct options options;
	struct daemon d = {
		.options = &options,
		.config = &config,
		.lock = -1,
		.pidfile = -1,
		.ready = -1,
		.supervisor = SUPERVISOR_INIT,
	};
	bool journal;
	int r;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	journal = log_is_journal(getenv("JOURNAL_STREAM"));
	log_open("resviewd", LOG_INFO, journal);
	r = options_parse(argc, argv, &options);
	if (r >= 0)
		return r;
	if (options.debug)
		log_open("resviewd", LOG_DEBUG, journal);

	umask(022);
	d.supervisor.manager = &manager;
	d.supervisor.connection.mountpoint = d.mountpoint;
	d.supervisor.spawn.no_swap = options.no_swap;
	d.supervisor.spawn.debug = options.debug;
	r = start(&d, &config, &manager);
	end(&d);
	return r < 0 ? 1 : 0;
}
