/* SPDX-License-Identifier: Apache-2.0 */
/* The mount namespaces of this machine, and the mounts in one.
 *
 * usage: try_spaces [detached|thread]   "INODE PID FD" a line; with a detached
 *                                       mount, or a thread in a namespace of
 *                                       its own
 *        try_spaces mounts FILE         of a namespace, as in mountinfo */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base.h"
#include "mountinfo.h"
#include "spaces.h"
#include "str.h"

static int show_spaces(void)
{
	autoclose int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autospaces struct spaces s = { 0 };
	int r = spaces_scan(proc, &s);

	for (size_t i = 0; i < s.count; i++)
		printf("%ju %d %s\n", (uintmax_t)s.list[i].id.ino,
		       (int)s.list[i].pid, s.list[i].fd < 0 ? "-" : "fd");

	return r;
}

static int show_beside_detached(void)
{
	autoclose int fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/",
					OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	return fd < 0 ? -errno : show_spaces();
}

static void *be_elsewhere(void *arg)
{
	pthread_barrier_t *barrier = arg;
	struct stat st;

	if (unshare(CLONE_NEWNS) == 0 &&
	    stat("/proc/thread-self/ns/mnt", &st) == 0)
		printf("thread %ju\n", (uintmax_t)st.st_ino);
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

static int show_beside_thread(void)
{
	pthread_barrier_t barrier;
	pthread_t thread;
	int r;

	pthread_barrier_init(&barrier, NULL, 2);
	r = pthread_create(&thread, NULL, be_elsewhere, &barrier);
	if (r)
		return -r;
	pthread_barrier_wait(&barrier);
	r = show_spaces();
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&barrier);
	return r;
}

static int show_mounts(const char *file)
{
	autoclose int fd = open(file, O_RDONLY | O_CLOEXEC);
	autostr struct str out = { 0 };
	int r = fd < 0 ? -errno : space_mounts(fd, MOUNTINFO_MAX, &out);

	fputs(str_text(&out), stdout);
	return r;
}

int main(int argc, char *argv[])
{
	int r = -EINVAL;

	if (argc == 1)
		r = show_spaces();
	else if (argc == 2 && strcmp(argv[1], "detached") == 0)
		r = show_beside_detached();
	else if (argc == 2 && strcmp(argv[1], "thread") == 0)
		r = show_beside_thread();
	else if (argc == 3 && strcmp(argv[1], "mounts") == 0)
		r = show_mounts(argv[2]);

	if (r < 0)
		fprintf(stderr, "try_spaces: %s\n", strerrordesc_np(-r));
	return r < 0;
}
