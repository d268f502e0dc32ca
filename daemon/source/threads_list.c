/* SPDX-License-Identifier: Apache-2.0 */
/* A walk down a cgroup tree that collects thread ids. Nothing that is found is
 * trusted to be small: depth, directories and ids are bounded. */
#include "threads_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "threads.h"

#define CHUNK 4096

/* The directories that are open, from the container's own down. */
struct walk {
	DIR *open[THREADS_DEPTH_MAX + 1];
	unsigned depth;
	unsigned dirs_max;
	bool v2;
	struct threads_list *list;
};

void threads_list_free(struct threads_list *list)
{
	free(list->id);
	*list = (struct threads_list){ 0 };
}

static int add(struct threads_list *list, pid_t id)
{
	pid_t *more;
	size_t cap;

	if (list->n == list->max) {
		list->cut = true;
		return 0;
	}
	if (list->n == list->cap) {
		cap = max_u64(2 * list->cap, 64);
		more = realloc(list->id, cap * sizeof(*more));
		if (!more)
			return -ENOMEM;
		list->id = more;
		list->cap = cap;
	}

	list->id[list->n++] = id;
	return 0;
}

/* One digit more. What is beyond any pid stays there, and is not one. */
static long append(long number, char digit)
{
	if (number < 0)
		number = 0;

	return number > INT_MAX ? number : number * 10 + (digit - '0');
}

int threads_list_parse(struct threads_list *list, const char *text, size_t len,
		       long *number)
{
	for (size_t i = 0; i < len && !list->cut; i++) {
		int r = 0;

		if (text[i] >= '0' && text[i] <= '9') {
			*number = append(*number, text[i]);
			continue;
		}

		/* 0 stands for a process outside our pid namespace. */
		if (*number > 0 && *number <= INT_MAX)
			r = add(list, (pid_t)*number);
		*number = -1;
		if (r < 0)
			return r;
	}

	return 0;
}

/* The file in which this version, and this kind of cgroup, has its threads. A
 * v2 kernel before 4.14 has no cgroup.threads. */
static int open_list(int dir, bool v2)
{
	const char *const names[] = { v2 ? "cgroup.threads" : "tasks",
				      "cgroup.procs" };
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(names) && fd < 0; i++)
		fd = openat(dir, names[i], O_RDONLY | O_CLOEXEC);

	return fd;
}

/* Returns 0 or -ENOMEM; a cgroup that vanished has no threads. */
static int list_dir(struct threads_list *list, int dir, bool v2)
{
	autoclose int fd = open_list(dir, v2);
	char text[CHUNK];
	long number = -1;
	ssize_t n;

	if (fd < 0)
		return 0;

	while (!list->cut && (n = read(fd, text, sizeof(text))) > 0) {
		int r = threads_list_parse(list, text, (size_t)n, &number);

		if (r < 0)
			return r;
	}

	return 0;
}

/* The kernel counts the directories in a directory's links. Elsewhere 1 means
 * that nobody counts. */
static bool is_leaf(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_nlink == 2;
}

/* List the cgroup NAME below PARENT, and go on below it when there is more.
 * Returns 0, -ENOMEM, or -errno when it cannot be entered. */
static int enter(struct walk *w, int parent, const char *name)
{
	struct threads_list *list = w->list;
	autoclose int fd = -1;
	int r;

	if (w->depth == ARRAY_SIZE(w->open) || list->dirs == w->dirs_max) {
		list->cut = true;
		return 0;
	}

	fd = openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	list->dirs++;
	r = list_dir(list, fd, w->v2);
	if (r < 0 || is_leaf(fd))
		return r;

	w->open[w->depth] = fdopendir(fd);
	if (!w->open[w->depth])
		return -errno;
	(void)take_fd(&fd);
	w->depth++;
	return 0;
}

static bool may_be_cgroup(const struct dirent *entry)
{
	return (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
	       strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* One step: the next entry of the deepest open directory. */
static int go_on(struct walk *w)
{
	DIR *top = w->open[w->depth - 1];
	/* Safe: no other thread has this DIR. */
	/* NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const struct dirent *entry = readdir(top);
	int r = 0;

	if (!entry) {
		(void)closedir(top);
		w->depth--;
	} else if (may_be_cgroup(entry)) {
		r = enter(w, dirfd(top), entry->d_name);
	}

	return r == -ENOMEM ? r : 0;
}

int threads_list_tree(struct threads_list *list, int dir, bool v2,
		      unsigned dirs)
{
	struct walk w = { .dirs_max = dirs, .v2 = v2, .list = list };
	int r = enter(&w, dir, ".");

	while (r == 0 && w.depth && !list->cut)
		r = go_on(&w);

	while (w.depth)
		(void)closedir(w.open[--w.depth]);

	return r;
}
