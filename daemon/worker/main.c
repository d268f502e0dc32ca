/* SPDX-License-Identifier: Apache-2.0 */
/* resview-worker: serves the connection that its supervisor holds, from the
 * memory that its supervisor holds, until it is told to end or dies. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "area.h"
#include "arguments.h"
#include "base.h"
#include "config.h"
#include "control.h"
#include "file.h"
#include "files.h"
#include "host.h"
#include "log.h"
#include "parse.h"
#include "proc.h"
#include "sandbox.h"
#include "sources.h"
#include "str.h"
#include "worker.h"

struct process {
	struct arguments args;
	struct control *control;
	struct area *area;
	struct host *host;
	int registry;
	int triggers;
	int remounts;
	struct settings settings;
	struct worker *worker;
};

static int join(struct process *p)
{
	struct proc_stat st = { 0 };
	int r = control_map(HANDOVER_CONTROL, &p->control);

	if (r == 0)
		r = proc_stat_read(host_proc(p->host), getpid(), &st);
	if (r < 0)
		return log_error(r, NULL, "take the connection over");
	if (!control_join(p->control, p->args.generation, getpid(),
			  st.start_ticks))
		return log_error(-ESTALE, NULL,
				 "take the connection over as worker %u",
				 p->args.generation);
	return 0;
}

static int map_area(struct process *p)
{
	int r = worker_area(HANDOVER_AREA, p->host, &p->area);

	if (r == -EPROTO)
		return log_error(r, NULL,
				 "use the shared memory: it is of another "
				 "version of resview, or of another machine");
	if (r < 0)
		return log_error(r, NULL, "use the shared memory");
	return 0;
}

/* After a crash nobody may be kept waiting by a file that somebody is editing:
 * then what was read before holds. */
static int settle(const struct process *p, struct settings *ret)
{
	autoconfig struct config c = CONFIG_INIT;
	autostr struct str where = { 0 };
	unsigned threads = p->area->settings.threads;
	int r;

	if (!p->args.configure && threads > 0 && threads <= THREADS_MAX) {
		*ret = p->area->settings;
		return 0;
	}

	r = config_load(p->args.config, &c, &where);
	if (r < 0)
		return log_error(r, NULL, "%s", str_text(&where));

	*ret = (struct settings){
		.threads = c.threads,
		.sandbox = c.sandbox,
		.policy = {
			.cpu = c.cpu,
			.uptime = c.uptime,
			.loadavg = c.loadavg,
			.swap = c.swap && !p->args.no_swap,
		},
	};
	return 0;
}

/* Linux 6.15: a request that waits longer than this for us ends the connection,
 * Documentation/admin-guide/sysctl/fs.rst. */
static void warn_of_timeouts(const struct process *p)
{
	static const char *const names[] = {
		"sys/fs/fuse/default_request_timeout",
		"sys/fs/fuse/max_request_timeout",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autostr struct str text = { 0 };
		uint64_t seconds;

		if (file_read(host_proc(p->host), names[i], 64, &text) < 0 ||
		    parse_limit(str_text(&text), &seconds) < 0 || seconds == 0)
			continue;
		log_line(LOG_WARNING,
			 "/proc/%s is %" PRIu64 ": should nobody serve for so "
			 "many seconds, all containers lose their files",
			 names[i], seconds);
	}
}

/* Pinned before anybody notes their numbers. One that cannot be is refused to
 * us by the sandbox, which says so. */
static int open_dirs(struct process *p)
{
	p->registry = sources_registry(p->args.run_dir);
	if (p->registry < 0)
		return p->registry;

	p->triggers = sources_triggers();
	p->remounts = sources_remounts(p->args.run_dir);
	(void)sandbox_pin(&p->registry);
	if (p->triggers >= 0)
		(void)sandbox_pin(&p->triggers);
	return 0;
}

static int open_worker(struct process *p)
{
	struct worker_config config = {
		.fuse = HANDOVER_FUSE,
		.control = p->control,
		.generation = p->args.generation,
		.host = p->host,
		.fds = files_limit(),
	};
	int r = map_area(p);

	if (r == 0)
		r = settle(p, &config.settings);
	if (r == 0)
		r = open_dirs(p);
	if (r < 0)
		return r;

	p->settings = config.settings;
	config.area = p->area;
	config.registry = p->registry;
	config.triggers = p->triggers;
	config.remounts = p->remounts;
	r = worker_open(&config, &p->worker);
	if (r < 0)
		return log_error(r, NULL, "take the connection over");
	return 0;
}

/* A worker that has less of it than it should serves nevertheless. */
static void enter_sandbox(const struct process *p)
{
	autoclose int root = sources_empty(p->args.run_dir);
	const struct sandbox s = {
		.root = root,
		.registry = p->registry,
		.triggers = p->triggers,
	};

	if (p->settings.sandbox)
		(void)sandbox_enter(&s);
}

/* Blocked in all threads, and taken here. SIGHUP is the supervisor's: a closed
 * terminal sends it to all. */
static void signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR2);
}

/* The supervisor may be gone: its successor finds us. */
static void report(void)
{
	(void)!write(HANDOVER_REPORT, "", 1);
}

/* Until we are told to end, or have nothing to serve any more. */
static enum worker_exit serve(struct process *p, const sigset_t *set)
{
	siginfo_t info;
	int sig;

	while ((sig = sigwaitinfo(set, &info)) != SIGTERM)
		if (sig == SIGUSR2)
			worker_poke(p->worker);

	/* From ourselves: see worker_start(). */
	return info.si_pid == getpid() ? WORKER_GONE : WORKER_DRAINED;
}

static enum worker_exit run(struct process *p)
{
	enum worker_exit end = WORKER_REFUSED;
	sigset_t set;
	int r;

	signals(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);

	r = sources_open(&p->host);
	if (r == 0)
		r = join(p);
	if (r == 0)
		r = open_worker(p);
	if (r < 0)
		return WORKER_REFUSED;
	if (p->args.configure)
		warn_of_timeouts(p);

	/* Who serves has no more right to run than those that he serves. */
	(void)setpriority(PRIO_PROCESS, 0, p->args.nice);
	enter_sandbox(p);
	r = worker_start(p->worker);
	if (r == 0) {
		report();
		end = serve(p, &set);
	} else {
		(void)log_error(r, NULL, "start to serve");
	}

	worker_close(p->worker);
	return end;
}

int main(int argc, char *argv[])
{
	struct process p = { .registry = -1, .triggers = -1, .remounts = -1 };
	bool journal;
	int r;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	journal = log_is_journal(getenv("JOURNAL_STREAM"));
	log_open("resviewd", LOG_INFO, journal);
	r = arguments_parse(argc, argv, &p.args);
	if (r >= 0)
		return r;
	if (p.args.debug)
		log_open("resviewd", LOG_DEBUG, journal);

	/* Started from an fd, it would be called by the number of that. */
	(void)prctl(PR_SET_NAME, "resview-worker");
	r = (int)run(&p);
	area_close(p.area);
	control_unmap(p.control);
	host_close(p.host);
	close_at(&p.remounts);
	close_at(&p.triggers);
	close_at(&p.registry);
	return r;
}
