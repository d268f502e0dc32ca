/* SPDX-License-Identifier: Apache-2.0 */
/* Whose container is a caller in, when the path does not say so? */
#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base.h"
#include "containers.h"
#include "controllers.h"
#include "host.h"
#include "pidns.h"
#include "proc.h"

#define CACHE_MAX    1024
#define RECHECK_NS   NSEC_PER_SEC /* an init may move to another cgroup */
#define USER_TICK_NS (NSEC_PER_SEC / 100)

/* A pid namespace met before. As long as its file is open, no other namespace
 * gets its inode number. */
struct known {
	struct ns_id ns;
	int fd; /* -1: the entry is free */
	pid_t init;
	uint64_t start_ticks;
	uint64_t serial;
	uint64_t checked; /* ns */
	uint64_t used;    /* ns */
};

struct callers {
	struct host *host;
	struct containers *cs;
	struct policy policy;
	struct ns_id host_pidns;
	struct ns_id host_timens;
	pthread_mutex_t lock;
	struct known known[CACHE_MAX];
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static bool same_ns(struct ns_id a, struct ns_id b)
{
	return a.ino == b.ino && a.dev == b.dev;
}

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
	pthread_mutex_init(&cl->lock, NULL);
	for (size_t i = 0; i < CACHE_MAX; i++)
		cl->known[i].fd = -1;

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

	for (size_t i = 0; i < CACHE_MAX; i++)
		close_at(&cl->known[i].fd);
	pthread_mutex_destroy(&cl->lock);
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
	    !same_ns(ns, cl->host_timens) &&
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

static void forget(struct known *k)
{
	close_at(&k->fd);
	*k = (struct known){ .fd = -1 };
}

static bool init_there(const struct callers *cl, const struct known *k)
{
	struct proc_stat st;

	return proc_stat_read(host_proc(cl->host), k->init, &st) == 0 &&
	       st.start_ticks == k->start_ticks;
}

/* Is what we know of K still so? It may be brought up to date. */
static bool good(const struct callers *cl, struct known *k, uint64_t now)
{
	if (now - k->checked < RECHECK_NS && containers_has(cl->cs, k->serial))
		return true;
	if (!init_there(cl, k) || find_of_init(cl, k, &k->serial) < 0)
		return false;

	k->checked = now;
	return true;
}

/* A free entry, else the one not used for longest. */
static struct known *entry_for(struct callers *cl)
{
	struct known *oldest = &cl->known[0];

	for (size_t i = 0; i < CACHE_MAX; i++) {
		struct known *k = &cl->known[i];

		if (k->fd < 0)
			return k;
		if (k->used < oldest->used)
			oldest = k;
	}

	forget(oldest);
	return oldest;
}

static int open_pidns(const struct callers *cl, pid_t pid)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "%d/ns/pid", (int)pid);
	fd = openat(host_proc(cl->host), path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
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
	*entry_for(cl) = new;
	*ret = new.serial;
	return 0;
}

static struct known *known_of(struct callers *cl, struct ns_id ns)
{
	for (size_t i = 0; i < CACHE_MAX; i++)
		if (cl->known[i].fd >= 0 && same_ns(cl->known[i].ns, ns))
			return &cl->known[i];

	return NULL;
}

static int find_in_pidns(struct callers *cl, pid_t pid, struct ns_id ns,
			 uint64_t *ret)
{
	uint64_t now = now_ns();
	struct known *k = known_of(cl, ns);

	if (k && good(cl, k, now)) {
		k->used = now;
		*ret = k->serial;
		return 0;
	}
	if (k)
		forget(k);

	return learn(cl, pid, ns, now, ret);
}

int caller_find(struct callers *cl, pid_t pid, uint64_t *ret)
{
	struct ns_id ns;
	int r;

	if (pid == 0 || proc_ns_read(host_proc(cl->host), pid, "pid", &ns) < 0)
		return containers_host(cl->cs, ret);
	if (same_ns(ns, cl->host_pidns))
		return find_on_host(cl, pid, ret);

	pthread_mutex_lock(&cl->lock);
	r = find_in_pidns(cl, pid, ns, ret);
	pthread_mutex_unlock(&cl->lock);
	return r;
}

void callers_tick(struct callers *cl)
{
	pthread_mutex_lock(&cl->lock);
	for (size_t i = 0; i < CACHE_MAX; i++)
		if (cl->known[i].fd >= 0 && !init_there(cl, &cl->known[i]))
			forget(&cl->known[i]);
	pthread_mutex_unlock(&cl->lock);
}
