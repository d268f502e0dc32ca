/* SPDX-License-Identifier: Apache-2.0 */
/* The process whose mount namespace is entered, and why it is the right one. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

#include "base.h"
#include "mountinfo.h"
#include "str.h"

void target_close(struct target *t)
{
	close_at(&t->pidfd);
	close_at(&t->mntns);
	*t = (struct target)TARGET_NONE;
}

static bool is_dead(const struct proc_stat *st)
{
	return st->state == 'Z' || st->state == 'X';
}

/* Before pidfd_open(2), Linux 5.3: a process that has its pid and started at
 * the same time is the same. */
static bool alive_by_stat(const struct target *t)
{
	struct proc_stat st;

	return proc_stat_read(t->proc, t->pid, &st) == 0 && !is_dead(&st) &&
	       st.start_ticks == t->start_ticks;
}

bool target_alive(const struct target *t)
{
	struct pollfd p = { .fd = t->pidfd, .events = POLLIN };

	if (t->pid == 0)
		return true;

	return t->pidfd < 0 ? alive_by_stat(t) : poll(&p, 1, 0) == 0;
}

/* Where a security policy hides pid 1 from us, kthreadd, which no policy has a
 * reason to hide, is in the same mount namespace: the initial one. */
static int host_ns_read(int proc, struct ns_id *ret)
{
	int r = proc_ns_read(proc, 1, "mnt", ret);

	if (r == -EACCES || r == -EPERM)
		r = proc_ns_read(proc, 2, "mnt", ret);

	return r;
}

/* A container without a mount namespace of its own would have us change the
 * host's /proc. Compared is what is behind the very fd that setns(2) gets. */
static int refuse_host(struct target *t)
{
	struct ns_id host = { 0 };
	struct stat st;
	int r;

	if (fstat(t->mntns, &st) < 0)
		return -errno;
	t->mntns_id = (struct ns_id){ st.st_dev, st.st_ino };

	r = proc_ns_read(t->proc, getpid(), "mnt", &host);
	if (r < 0)
		return r;
	if (ns_same(host, t->mntns_id))
		return -EXDEV;

	r = host_ns_read(t->proc, &host);
	if (r < 0)
		return r;

	return ns_same(host, t->mntns_id) ? -EXDEV : 0;
}

/* The pid was handed to us by somebody, some time ago. The pidfd pins whoever
 * has it now; the start time, read after that, tells whether it is still the
 * one we were told of; and that the process is alive at the end tells that all
 * that was read in between is its own. */
static int target_pin(struct target *t)
{
	struct proc_stat st;
	char path[64];
	int r;

	t->pidfd = pidfd_open(t->pid, 0);
	if (t->pidfd < 0 && (errno == EINVAL || errno == ENOENT))
		return -ESRCH; /* a thread: ENOENT since Linux 6.15 */
	if (t->pidfd < 0 && errno != ENOSYS)
		return -errno;

	r = proc_stat_read(t->proc, t->pid, &st);
	if (r < 0)
		return r;
	if (is_dead(&st) ||
	    (t->start_ticks && t->start_ticks != st.start_ticks))
		return -ESRCH;
	t->start_ticks = st.start_ticks;

	(void)snprintf(path, sizeof(path), "%d/ns/mnt", (int)t->pid);
	t->mntns = openat(t->proc, path, O_RDONLY | O_CLOEXEC);
	if (t->mntns < 0)
		return errno == ENOENT ? -ESRCH : -errno;

	return target_alive(t) ? 0 : -ESRCH;
}

int target_open(int proc, pid_t pid, uint64_t start_ticks, struct target *ret)
{
	autotarget struct target t = TARGET_NONE;
	int r;

	t.proc = proc;
	t.pid = pid;
	t.start_ticks = start_ticks;

	r = target_pin(&t);
	if (r == 0)
		r = refuse_host(&t);
	if (r < 0)
		return r;

	*ret = t;
	t = (struct target)TARGET_NONE;
	return 0;
}

int target_of_namespace(int proc, int mntns, struct target *ret)
{
	autotarget struct target t = TARGET_NONE;
	int r;

	t.proc = proc;
	t.mntns = fcntl(mntns, F_DUPFD_CLOEXEC, 0);
	if (t.mntns < 0)
		return -errno;

	r = refuse_host(&t);
	if (r < 0)
		return r;

	*ret = t;
	t = (struct target)TARGET_NONE;
	return 0;
}

/* A runtime has put us here, perhaps without any right over the host: then we
 * may not look at pid 1, nor could we mount where it is. In a pid namespace of
 * the container's, its numbers are not those of the host's procfs. */
int target_here(int proc, struct target *ret)
{
	struct ns_id host = { 0 };
	struct target t = TARGET_NONE;
	struct stat st;
	int r;

	if (fstatat(proc, "self/ns/mnt", &st, 0) < 0)
		return -errno;

	r = host_ns_read(proc, &host);
	if (r < 0 && r != -EACCES && r != -EPERM)
		return r;

	t.proc = proc;
	t.mntns_id = (struct ns_id){ st.st_dev, st.st_ino };
	if (r == 0 && ns_same(host, t.mntns_id))
		return -EXDEV;

	*ret = t;
	return 0;
}

/* The namespace was chosen by who gave us the pid (the runtime, or a record of
 * ours) or found by us, and it is not the host's. Only the mount namespace is
 * entered: the container cannot see, trace or signal us, and the root directory
 * that this gives us is used with O_PATH, below which nothing is executed or
 * read. */
int target_enter(const struct target *t)
{
	if (!target_alive(t))
		return -ESRCH;

	return setns(t->mntns, CLONE_NEWNS) < 0 ? -errno : 0;
}

/* Is a mount of the process PID in the peer group, or a slave of it? */
static int refuse_peer_in(const struct target *t, pid_t pid, uint64_t group)
{
	autostr struct str text = { 0 };
	struct slice rest;
	struct mountinfo m;
	int r = mountinfo_read(t->proc, pid, MOUNTINFO_MAX, &text);

	if (r < 0)
		return r;

	rest = slice_of(str_text(&text));
	while (mountinfo_next(&rest, &m))
		if (m.shared == group || m.master == group)
			return -EXDEV;

	return 0;
}

/* Inside the container its peers are its own business; they must not be the
 * host's, nor those of the engine, which may have a namespace of its own. We
 * were in that, and our parent still is. */
int target_refuse_peer(const struct target *t, uint64_t group)
{
	int r;

	if (!group)
		return 0;

	r = refuse_peer_in(t, 1, group);
	if (t->mntns < 0) /* target_here(): our parent is in here, too */
		return r == -EACCES || r == -EPERM ? -EXDEV : r;

	return r < 0 ? r : refuse_peer_in(t, getppid(), group);
}
