/* SPDX-License-Identifier: Apache-2.0 */
/* What the threads of a cgroup are doing, read from the host's procfs. */
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "base.h"
#include "file.h"
#include "parse.h"
#include "proc.h"
#include "str.h"
#include "threads_list.h"

/* Append /proc/TID/task/TID/NAME. Not /proc/TID/NAME, which adds up figures of
 * all threads of the process (do_task_stat() in fs/proc/array.c): with 2000
 * threads that is ten times as dear. */
static int thread_read(int proc, pid_t tid, const char *name, struct str *out)
{
	autoclose int fd = -1;
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "%d/task/%d/%s", (int)tid, (int)tid,
		       name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;

	r = file_pread_once(fd, out);
	return r == 0 && out->len == 0 ? -ESRCH : r;
}

int threads_nspid_parse(const char *text, unsigned depth, pid_t *ret,
			unsigned *count)
{
	struct slice rest = slice_of(text);
	struct slice line;
	struct slice name = { NULL, 0 };
	uint64_t pid = 0;
	uint64_t found = 0;
	unsigned n = 0;

	while (slice_line(&rest, &line))
		if (slice_word(&line, &name) && slice_is(name, "NSpid:"))
			break;
	if (!slice_is(name, "NSpid:"))
		return -EINVAL;

	while (slice_next_u64(&line, &pid) == 0 && pid <= INT_MAX)
		if (++n == depth || depth == 0)
			found = pid;
	if (n == 0)
		return -EINVAL;
	if (n < depth)
		return -ENOENT;

	*count = n;
	*ret = (pid_t)found;
	return 0;
}

int threads_nspid_read(int proc, pid_t tid, unsigned depth, pid_t *ret,
		       unsigned *count)
{
	autostr struct str text = { 0 };
	int r = thread_read(proc, tid, "status", &text);

	return r < 0 ? r : threads_nspid_parse(text.text, depth, ret, count);
}

static void count_state(char state, struct threads_found *f)
{
	f->visited++;
	if (state == 'R')
		f->running++;
	else if (state == 'D')
		f->blocked++;
}

/* Which of N threads is the Ith of MAX to be visited: one out of each of MAX
 * equal parts, somewhere in it, so that a pattern (every fourth thread of each
 * process runs) is no trap. Counted from the end, and the first of all is the
 * last: in v2 that is the newest of its cgroup. */
static size_t pick(size_t i, size_t n, size_t max)
{
	size_t from = i * n / max;
	size_t part = (i + 1) * n / max - from;
	uint32_t scattered = (uint32_t)i * UINT32_C(2654435761);

	return n - 1 - from - (i ? (scattered >> 16) % part : 0);
}

/* Read the state of at most MAX of the listed threads. */
static int visit(int proc, const struct threads_list *list, size_t max,
		 struct threads_found *f)
{
	autostr struct str text = { 0 };
	size_t n = min_u64(list->n, max);
	uint64_t newest = 0;

	for (size_t i = 0; i < n; i++) {
		pid_t tid = list->id[pick(i, list->n, n)];
		struct proc_stat st;
		int r;

		str_reset(&text);
		r = thread_read(proc, tid, "stat", &text);
		if (r == -ENOMEM)
			return r;
		/* Gone in between, mostly. */
		if (r < 0 || proc_stat_parse(text.text, &st) < 0)
			continue;

		count_state(st.state, f);
		if (st.start_ticks > newest ||
		    (st.start_ticks == newest && tid > f->newest)) {
			newest = st.start_ticks;
			f->newest = tid;
		}
	}

	return 0;
}

int threads_scan(int proc, int dir, bool v2, const struct threads_bounds *max,
		 struct threads_found *ret)
{
	autolist struct threads_list list = { .max = max->listed };
	struct threads_found f = { 0 };
	int r = threads_list_tree(&list, dir, v2, max->dirs);

	if (r < 0)
		return r;

	f.listed = list.n;
	f.dirs = list.dirs;
	f.complete = !list.cut;
	r = visit(proc, &list, max->visited, &f);
	if (r < 0)
		return r;

	*ret = f;
	return 0;
}
