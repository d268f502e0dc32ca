/* SPDX-License-Identifier: Apache-2.0 */
/* Whose container is a caller in, when the path does not say so? */
#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "containers.h"
#include "controllers.h"
#include "host.h"
#include "known.h"
#include "pidns.h"
#include "proc.h"
#include "threads.h"

#define RECHECK_NS   NSEC_PER_SEC /* an init may move to another cgroup */
#define USER_TICK_NS (NSEC_PER_SEC / 100)

struct callers {
	struct host *host;
	struct containers *cs;
	struct policy policy;
	struct ns_id host_pidns;
	struct ns_id host_timens;
	struct known_table known;
};

int callers_open(struct host *host, struct containers *cs,
		 const struct policy *policy, struct callers **ret)
{
	struct callers *cl = calloc(1, sizeof(*cl));
	int r;

	if (!cl)
		return -ENOMEM;

	cl->host = host;
	cl->cs = cs;
	cl->policy = *policy;
	known_open(&cl->known);

	r = proc_ns_read(host_proc(host), getpid(), "pid", &cl->host_pidns);
	if (r < 0) {
		callers_close(cl);
		return r;
	}
	/* Linux 5.6; without time namespaces all are alike. */
	(void)proc_ns_read(host_proc(host), getpid(), "time", &cl->host_timens);

	*ret = cl;
	return 0;
}

void callers_close(struct callers *cl)
{
	if (!cl)
		return;

	known_close(&cl->known);
	free(cl);
}

/* A caller of the host itself: its service, its login session. */
static int find_on_host(struct callers *cl, pid_t pid, uint64_t *ret)
{
	const struct container_info info = {
		.cpu = cl->policy.cpu,
		.uptime = UPTIME_HOST,
		.no_swap = !cl->policy.swap,
	};
	autopaths struct cgroup_paths paths = { 0 };
	int r = proc_cgroups_read(host_proc(cl->host), pid, &paths);

	if (r < 0)
		return r;

	return containers_of(cl->cs, &paths, &info, ret);
}

static void describe_time(const struct callers *cl, pid_t init,
			  struct container_info *info)
{
	struct ns_id ns;

	if (proc_ns_read(host_proc(cl->host), init, "time", &ns) == 0 &&
	    !ns_same(ns, cl->host_timens) &&
	    proc_timens_read(host_proc(cl->host), init,
			     &info->boottime_offset) == 0)
		info->time_namespace = true;
}

/* The container whose init is K's. */
static int find_of_init(const struct callers *cl, const struct known *k,
			uint64_t *ret)
{
	struct container_info info = {
		.init = k->init,
		.start_ns = mul_cap(k->start_ticks, USER_TICK_NS),
		.cpu = cl->policy.cpu,
		.uptime = cl->policy.uptime,
		.no_swap = !cl->policy.swap,
	};
	autopaths struct cgroup_paths paths = { 0 };
	int r = proc_cgroups_read(host_proc(cl->host), k->init, &paths);

	if (r < 0)
		return r;

	cgroup_paths_strip_init(&paths);
	describe_time(cl, k->init, &info);
	return containers_of(cl->cs, &paths, &info, ret);
}

static bool init_there(const struct callers *cl, const struct known *k)
{
	struct proc_stat st;

	return proc_stat_read(host_proc(cl->host), k->init, &st) == 0 &&
	       st.start_ticks == k->start_ticks;
}

static int open_pidns(const struct callers *cl, pid_t pid)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "%d/ns/pid", (int)pid);
	fd = openat(host_proc(cl->host), path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Is what we know of K still so? It may be brought up to date. */
static bool good(struct callers *cl, struct known *k, uint64_t now)
{
	if (now - k->checked < RECHECK_NS && containers_has(cl->cs, k->serial))
		return true;
	if (!init_there(cl, k) || find_of_init(cl, k, &k->serial) < 0)
		return false;

	k->checked = now;
	known_update(&cl->known, k);
	return true;
}

static int learn(struct callers *cl, pid_t pid, struct ns_id ns, uint64_t now,
		 uint64_t *ret)
{
	struct known new = { .ns = ns, .checked = now, .used = now };
	autoclose int fd = open_pidns(cl, pid);
	struct proc_stat st;
	int r;

	if (fd < 0)
		return fd;

	new.init = pidns_init(host_proc(cl->host), fd, ns, pid);
	if (new.init < 0)
		return new.init;
	r = proc_stat_read(host_proc(cl->host), new.init, &st);
	if (r < 0)
		return r;
	new.start_ticks = st.start_ticks;

	r = find_of_init(cl, &new, &new.serial);
	if (r < 0)
		return r;

	new.fd = take_fd(&fd);
	known_keep(&cl->known, &new);
	*ret = new.serial;
	return 0;
}

static int find_in_pidns(struct callers *cl, pid_t pid, struct ns_id ns,
			 uint64_t *ret)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC_COARSE);
	struct known k;

	if (known_find(&cl->known, ns, now, &k) && good(cl, &k, now)) {
		*ret = k.serial;
		return 0;
	}

	return learn(cl, pid, ns, now, ret);
}

int caller_find(struct callers *cl, pid_t pid, uint64_t *ret)
{
	struct ns_id ns;

	if (pid == 0)
		return containers_host(cl->cs, ret);
	/* Without the right to see its namespaces: its own cgroup is nearer to
	 * the truth than the machine. */
	if (proc_ns_read(host_proc(cl->host), pid, "pid", &ns) < 0 ||
	    ns_same(ns, cl->host_pidns))
		return find_on_host(cl, pid, ret);

	return find_in_pidns(cl, pid, ns, ret);
}

/* Has it a pid but in the namespace of the procfs that we read? Anybody may ask
 * that. */
static bool is_in_procfs_alone(int proc, pid_t pid)
{
	unsigned count;
	pid_t first;

	return threads_nspid_read(proc, pid, 0, &first, &count) == 0 &&
	       count == 1;
}

bool caller_on_host(const struct callers *cl, pid_t pid)
{
	const int proc = host_proc(cl->host);
	struct ns_id ns;
	int r = pid ? proc_ns_read(proc, pid, "pid", &ns) : -ESRCH;

	if (r == -EACCES || r == -EPERM)
		return is_in_procfs_alone(proc, pid);

	return r == 0 && ns_same(ns, cl->host_pidns);
}

void callers_tick(struct callers *cl)
{
	struct known k;

	for (size_t i = 0; i < KNOWN_MAX; i++)
		if (known_at(&cl->known, i, &k) && !init_there(cl, &k))
			known_forget(&cl->known, &k);
}
