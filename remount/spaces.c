/* SPDX-License-Identifier: Apache-2.0 */
/* Every mount namespace of the machine, once. */
#include "spaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base.h"
#include "dir.h"
#include "parse.h"
#include "spaces_own.h"

#define CANDIDATES 64 /* how many there are is up to the container */

void space_name(const struct space *space, char ret[static RECORD_ID_MAX + 1])
{
	(void)snprintf(ret, RECORD_ID_MAX + 1, "mnt-%llu",
		       (unsigned long long)space->id.ino);
}

void spaces_free(struct spaces *s)
{
	for (size_t i = 0; i < s->count; i++)
		close_at(&s->list[i].fd);
	free(s->list);
	*s = (struct spaces){ 0 };
}

int scan_add(struct scan *s, ino_t ino, pid_t pid, int fd)
{
	struct spaces *f = &s->found;
	autoclose int owned = fd;

	if (ino == s->own || ino == s->host)
		return 0;

	if ((f->count & (f->count - 1)) == 0) { /* full: 0, 1, 2, 4, 8, ... */
		size_t room = f->count ? 2 * f->count : 1;
		void *list = reallocarray(f->list, room, sizeof(*f->list));

		if (!list)
			return -ENOMEM;
		f->list = list;
	}

	f->list[f->count++] = (struct space){
		.id = { s->dev, ino },
		.pid = pid,
		.fd = take_fd(&owned),
	};
	return 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct space *x = a;
	const struct space *y = b;

	if (x->id.ino != y->id.ino)
		return x->id.ino > y->id.ino ? 1 : -1;

	return x->pid - y->pid;
}

static int by_pid(const void *a, const void *b)
{
	const struct space *x = a;
	const struct space *y = b;

	if (!x->pid != !y->pid)
		return !x->pid - !y->pid;

	return x->pid ? x->pid - y->pid : by_inode(a, b);
}

bool scan_knows(const struct scan *s, ino_t ino)
{
	size_t low = 0;
	size_t high = s->sorted;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->found.list[middle].id.ino < ino)
			low = middle + 1;
		else
			high = middle;
	}

	return ino == s->own || ino == s->host ||
	       (low < s->sorted && s->found.list[low].id.ino == ino);
}

/* "mnt:[4026531841]". The name alone costs less than stat(2), for which the
 * kernel makes an inode. */
static int link_read(int proc, const char *process, ino_t *ret)
{
	char path[NAME_MAX + sizeof("/ns/mnt")];
	char text[64];
	struct slice number;
	struct slice rest;
	uint64_t value;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/ns/mnt", process);
	n = readlinkat(proc, path, text, sizeof(text));
	if (n < 0)
		return -errno;

	rest = (struct slice){ text, (size_t)n };
	if (!slice_until(&rest, '[', &number) ||
	    !slice_until(&rest, ']', &number) || slice_u64(number, &value) < 0)
		return -EINVAL;

	*ret = value;
	return 0;
}

/* What is never found: our own namespace, and the host's. Where a security
 * policy hides pid 1 from us, kthreadd, which no policy has a reason to hide,
 * is in the same one. */
static int scan_begin(struct scan *s)
{
	struct stat st;
	int r = link_read(s->proc, "self", &s->own);

	if (r < 0)
		return r;

	r = link_read(s->proc, "1", &s->host);
	if (r == -EACCES || r == -EPERM)
		r = link_read(s->proc, "2", &s->host);
	if (r < 0)
		return r;

	if (fstatat(s->proc, "self/ns/mnt", &st, 0) < 0)
		return -errno;
	s->dev = st.st_dev; /* of all of them */
	return 0;
}

/* A process, by the name of its directory? */
static bool is_pid(const char *name, pid_t *ret)
{
	uint64_t value;

	if (slice_u64(slice_of(name), &value) < 0 || value == 0 ||
	    value > INT_MAX)
		return false;

	*ret = (pid_t)value;
	return true;
}

static int add_processes(struct scan *s)
{
	autodir DIR *dir = NULL;
	const struct dirent *entry;
	int r = dir_stream(
		openat(s->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), &dir);

	while (r == 0 && (entry = dir_next(dir))) {
		ino_t ino = 0;
		pid_t pid;

		/* Zombies are in no namespace any more. */
		if (is_pid(entry->d_name, &pid) &&
		    link_read(s->proc, entry->d_name, &ino) == 0)
			r = scan_add(s, ino, pid, -1);
	}

	return r;
}

/* Is a process what it was, and since when? It is asked for its namespace again
 * after its start time was read: the pid may be another's now. */
static bool still_there(int proc, struct space *space)
{
	struct proc_stat st;
	char name[16];
	ino_t ino = 0;

	(void)snprintf(name, sizeof(name), "%d", (int)space->pid);
	if (proc_stat_read(proc, space->pid, &st) < 0 ||
	    link_read(proc, name, &ino) < 0 || ino != space->id.ino)
		return false;

	space->start_ticks = st.start_ticks;
	return true;
}

bool space_is_seen(int proc, pid_t pid)
{
	char path[32];
	char root[2];

	(void)snprintf(path, sizeof(path), "%d/root", (int)pid);
	return readlinkat(proc, path, root, sizeof(root)) <= 1;
}

/* Of those in one namespace: the lowest pid will mostly be the container's
 * first process, but one that ends in this moment, or has another root, may be
 * lower. Returns NULL when all have ended. */
static const struct space *choose(int proc, struct space *list, size_t n)
{
	const struct space *first = NULL;

	for (size_t i = 0; i < n && i < CANDIDATES; i++) {
		if (!still_there(proc, &list[i]))
			continue;
		if (space_is_seen(proc, list[i].pid))
			return &list[i];
		if (!first)
			first = &list[i];
	}

	return first;
}

/* Of those with the same namespace one remains. */
static void keep_one(struct scan *s)
{
	struct spaces *f = &s->found;
	size_t kept = 0;

	if (f->count)
		qsort(f->list, f->count, sizeof(*f->list), by_inode);
	for (size_t i = 0, end; i < f->count; i = end) {
		const struct space *one;

		for (end = i + 1; end < f->count; end++)
			if (f->list[end].id.ino != f->list[i].id.ino)
				break;
		one = choose(s->proc, f->list + i, end - i);
		if (one)
			f->list[kept++] = *one;
	}

	f->count = kept;
	s->sorted = kept;
}

int spaces_scan(int proc, struct spaces *ret)
{
	struct scan s = { .proc = proc };
	int r = scan_begin(&s);

	if (r == 0)
		r = add_processes(&s);
	if (r == 0) {
		keep_one(&s);
		r = hidden_add(&s);
	}
	if (r < 0) {
		spaces_free(&s.found);
		return r;
	}

	if (s.found.count)
		qsort(s.found.list, s.found.count, sizeof(*s.found.list),
		      by_pid);
	*ret = s.found;
	return 0;
}
