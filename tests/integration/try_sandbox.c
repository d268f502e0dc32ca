/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in the worker's sandbox, and what cannot: each tried.
 *
 * try_sandbox RUN_DIR GROUP   enter it and try: exit 1 when something is not as
 *                             it should be. RUN_DIR has containers/r.json and
 *                             empty/, GROUP is a cgroup below the v2 top.
 * try_sandbox --old RUN_DIR   the same as on a kernel without detached mounts
 * try_sandbox --time          how long entering takes, in us */
#include "try_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bare.h"
#include "base.h"
#include "dir.h"
#include "sandbox.h"

#ifndef NS_GET_TGID_FROM_PIDNS /* Linux 6.11, include/uapi/linux/nsfs.h */
#define NS_GET_TGID_FROM_PIDNS _IOR(0xb7, 0x7, int)
#endif

#define ROUNDS 101

static unsigned failures;

void check(const char *what, long got, long want)
{
	if (got == want)
		return;

	printf("%s: got %ld (%s), wanted %ld (%s)\n", what, got,
	       strerrordesc_np((int)-got), want, strerrordesc_np((int)-want));
	failures++;
}

static void *thread(void *data)
{
	(void)sched_yield();
	return data;
}

/* What the worker needs beside files. */
static void use_process(void)
{
	pthread_t t;
	void *ret = NULL;
	int data = 0;
	char *p = malloc(1 << 22);

	check("malloc", p != NULL, true);
	free(p);
	check("thread", pthread_create(&t, NULL, thread, &data), 0);
	check("join", pthread_join(t, &ret), 0);
	(void)signal(SIGUSR1, SIG_IGN);
	check("kill itself", kill(getpid(), SIGUSR1), 0);
	check("raise", raise(SIGUSR1), 0);
	check("sleep", usleep(1000), 0);
}

static long open_read(int at, const char *path)
{
	autoclose int fd = openat(at, path, O_RDONLY | O_CLOEXEC);
	char buf[256];

	if (fd < 0 || read(fd, buf, sizeof(buf)) < 0)
		return -errno;

	return 0;
}

/* "some 150 ms in 2 s" on the pressure file of the cgroup. */
static long set_trigger(const struct places *p)
{
	static const char text[] = "some 150000 2000000";
	char path[256];
	autoclose int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/memory.pressure", p->group);
	fd = openat(p->triggers, path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || write(fd, text, sizeof(text)) < 0)
		return -errno;

	return 0;
}

/* Our parent has capabilities that we have not: who may see its namespace has
 * CAP_SYS_PTRACE. */
static void use_namespaces(const struct places *p)
{
	autoclose int fd = -1;
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%d/ns/pid", (int)p->parent);
	check("see a namespace", fstatat(p->proc, path, &st, 0), 0);
	fd = openat(p->proc, path, O_RDONLY | O_CLOEXEC);
	check("open a namespace", fd >= 0, true);
	check("ask it",
	      ioctl(fd, NS_GET_TGID_FROM_PIDNS, 1) < 0 && errno == EPERM,
	      false);
}

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* How many entries a directory has. */
static long count(int at, const char *path)
{
	autodir DIR *dir = NULL;
	long n = 0;
	int r = dir_stream(open_dir(at, path), &dir);

	while (r == 0 && dir_next(dir))
		n++;
	return r < 0 ? r : n;
}

static void use_files(const struct places *p)
{
	struct stat st;

	check("entries of the root", count(AT_FDCWD, "/"), 2);
	check("entries of the registry", count(p->registry, "."), 3);
	check("root", fstatat(p->proc, "self/root", &st, 0), 0);
	check("status", open_read(p->proc, "1/status"), 0);
	check("slabinfo", open_read(p->proc, "slabinfo"), 0);
	check("cpus", open_read(p->sys, "devices/system/cpu/online"), 0);
	check("record", open_read(p->registry, "r.json"), 0);
	check("remove it", unlinkat(p->registry, "r.json", 0), 0);
	check("it is gone", open_read(p->registry, "r.json"), -ENOENT);
	if (p->triggers < 0) {
		printf("no cgroup v2 here\n");
		return;
	}

	check("cgroup", open_read(p->triggers, "cgroup.procs"), 0);
	if (fstatat(p->triggers, "memory.pressure", &st, 0) == 0)
		check("trigger", set_trigger(p), 0);
	else
		printf("no PSI here\n");
}

/* Its number is nobody's again. */
static void reuse_pinned(const struct places *p)
{
	int fd;

	check("close", close(p->triggers), 0);
	while ((fd = openat(p->proc, ".", O_PATH | O_CLOEXEC)) >= 0)
		if (fd >= p->registry || fd >= p->triggers)
			check("number", fd, -1);
	check("open too many", -errno, -EMFILE);
}

static void open_places(const char *run_dir, struct places *p)
{
	static const char *const tops[] = { "/sys/fs/cgroup",
					    "/sys/fs/cgroup/unified" };

	p->run_dir = open_dir(AT_FDCWD, run_dir);
	p->root = open_dir(p->run_dir, "empty");
	p->registry = bare_open(p->run_dir, "containers", BARE_WRITABLE);
	p->proc = bare_open(AT_FDCWD, "/proc", 0);
	p->sys = bare_open(AT_FDCWD, "/sys", 0);
	p->triggers = -1;
	for (size_t i = 0; i < ARRAY_SIZE(tops) && p->triggers < 0; i++) {
		p->triggers = bare_open(AT_FDCWD, tops[i], BARE_WRITABLE);
		if (faccessat(p->triggers, "cgroup.controllers", F_OK, 0) < 0)
			p->triggers = -1;
	}
}

static int enter(struct places *p)
{
	struct sandbox s = { .root = p->root };

	(void)sandbox_limit_files();
	check("pin", sandbox_pin(&p->registry), 0);
	if (p->triggers >= 0)
		check("pin", sandbox_pin(&p->triggers), 0);
	s.registry = p->registry;
	s.triggers = p->triggers;
	return (int)sandbox_enter(&s);
}

static int try(const char *run_dir, const char *group)
{
	struct places p = { .parent = getppid(), .group = group };

	open_places(run_dir, &p);
	check("parts that are missing", enter(&p), 0);
	use_process();
	use_namespaces(&p);
	use_files(&p);
	try_files(&p);
	try_rights(&p);
	if (p.triggers >= 0)
		reuse_pinned(&p);
	printf("%u failures\n", failures);
	return failures ? 1 : 0;
}

/* Directories lead out by "..": that of the records is then the root, and below
 * the other nothing may be written. */
static int try_old(const char *run_dir)
{
	struct places p = { .parent = getppid() };
	int fd;

	open_places(run_dir, &p);
	close(p.registry);
	p.registry = open_dir(p.run_dir, "containers");
	close(p.triggers);
	p.triggers = open_dir(AT_FDCWD, run_dir);
	check("parts that are missing", enter(&p), 1);
	use_process();
	check("entries of the root", count(AT_FDCWD, "/"), 3);
	check("up", count(p.registry, "../.."), 3);
	check("remove up", unlinkat(p.registry, "../empty/x", 0), -1);
	check("which is", errno, ENOENT);
	check("remove", unlinkat(p.registry, "r.json", 0), 0);
	fd = openat(p.triggers, "written", O_RDWR | O_CLOEXEC);
	check("write", fd < 0 ? -errno : fd, -EPERM);
	printf("%u failures\n", failures);
	return failures ? 1 : 0;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* One child each: it is entered once. */
static int measure(void)
{
	double *us = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < ROUNDS; i++) {
		if (fork() == 0) {
			struct places p = { .root = -1 };
			uint64_t start;

			open_places("/", &p);
			p.root = open_dir(AT_FDCWD, "/mnt");
			p.registry = bare_open(AT_FDCWD, "/mnt", 0);
			start = clock_ns(CLOCK_MONOTONIC);
			(void)enter(&p);
			us[i] = (double)(clock_ns(CLOCK_MONOTONIC) - start) /
				1000;
			_exit(0);
		}
		(void)wait(NULL);
	}

	qsort(us, ROUNDS, sizeof(*us), compare);
	printf("enter: median %.0f us, least %.0f, most %.0f\n", us[ROUNDS / 2],
	       us[0], us[ROUNDS - 1]);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "--time") == 0)
		return measure();
	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "--old") == 0)
		return try_old(argv[2]);

	return try(argv[1], argv[2]);
}
