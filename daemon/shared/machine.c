/* SPDX-License-Identifier: Apache-2.0 */
/* What we read of the host before anything is entered. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "base.h"
#include "file.h"
#include "parse.h"
#include "registry.h"
#include "str.h"

#define PROC_ROOT_INO 1

void machine_close(struct machine *h)
{
	close_at(&h->proc);
	close_at(&h->sys);
	close_at(&h->run);
	close_at(&h->registry);
	*h = (struct machine)MACHINE_NONE;
}

static int open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The root of a file system of the given kind, or what is read below it may be
 * somebody's invention. Returns an fd or -errno. */
static int open_magic(const char *path, long magic, ino_t ino)
{
	autoclose int fd = open_dir(AT_FDCWD, path);
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return take_fd(&fd);
	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != magic || (ino && st.st_ino != ino))
		return -ENODEV;

	return take_fd(&fd);
}

int machine_open_registry(const char *run_dir, struct machine *ret)
{
	autoclose int run = open_dir(AT_FDCWD, run_dir);

	if (run < 0)
		return take_fd(&run);

	ret->registry = open_dir(run, "containers");
	if (ret->registry < 0)
		return ret->registry;

	ret->run = take_fd(&run);
	return 0;
}

static int open_run_dir(const char *run_dir, struct machine *h)
{
	int r = machine_open_registry(run_dir, h);
	autoclose int run = -1;

	if (r != -ENOENT)
		return r;

	run = open_dir(AT_FDCWD, run_dir);
	if (run < 0)
		return take_fd(&run);
	if (mkdirat(run, "containers", 0700) < 0 && errno != EEXIST)
		return -errno;

	return machine_open_registry(run_dir, h);
}

int machine_open_kernel(struct machine *ret, const char **wrong)
{
	*wrong = "/proc";
	ret->proc = open_magic("/proc", PROC_SUPER_MAGIC, PROC_ROOT_INO);
	if (ret->proc < 0)
		return ret->proc;

	*wrong = "/sys";
	ret->sys = open_magic("/sys", SYSFS_MAGIC, 0);
	return ret->sys < 0 ? ret->sys : 0;
}

int machine_open(const char *run_dir, struct machine *ret, const char **wrong)
{
	automachine struct machine h = MACHINE_NONE;
	int r = machine_open_kernel(&h, wrong);

	if (r < 0)
		return r;

	*wrong = run_dir;
	r = open_run_dir(run_dir, &h);
	if (r < 0)
		return r;

	*ret = h;
	h = (struct machine)MACHINE_NONE;
	return 0;
}

/* The path is the engine's; what is inside the directory may be the image's,
 * and nothing of that is looked at. The kernel names the directory that was
 * opened, so path and identity cannot fall apart. */
int machine_rootfs(const struct machine *h, int bundle, const char *root,
		   struct str *path, struct ns_id *id)
{
	autoclose int fd =
		openat(bundle, root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[64];
	char *at = str_reserve(path, PATH_MAX);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!at)
		return path->err;

	(void)snprintf(name, sizeof(name), "self/fd/%d", fd);
	n = readlinkat(h->proc, name, at, PATH_MAX);
	if (n < 0)
		return -errno;
	if (n == PATH_MAX)
		return -ENAMETOOLONG;

	at[n] = '\0';
	path->len += (size_t)n;
	*id = (struct ns_id){ st.st_dev, st.st_ino };
	return 0;
}

/* The container's processes get the namespace "for children" of what is still
 * the runtime's process now. Kernels without time namespaces have neither. */
static int describe_time(const struct machine *h, pid_t pid, struct record *rec)
{
	struct ns_id own = { 0 };
	struct ns_id its = { 0 };
	int64_t offset = 0;
	int r = proc_ns_read(h->proc, getpid(), "time", &own);

	if (r == 0)
		r = proc_ns_read(h->proc, pid, "time_for_children", &its);
	if (r == -ESRCH)
		return 0;
	if (r < 0 || (own.dev == its.dev && own.ino == its.ino))
		return r;

	r = proc_timens_read(h->proc, pid, &offset);
	if (r < 0)
		return r;

	rec->time_namespace = true;
	rec->boottime_offset = offset;
	return 0;
}

int machine_describe(const struct machine *h, const struct target *t,
		     struct record *rec)
{
	struct timespec now;
	int r = proc_cgroups_read(h->proc, t->pid, &rec->cgroups);

	/* Without any hierarchy the file is empty, which otherwise means that
	 * the process is gone. */
	if (r == -ESRCH && target_alive(t))
		return -ENODATA;
	if (r == 0)
		r = describe_time(h, t->pid, rec);
	if (r < 0)
		return r;
	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -errno;

	rec->pid = t->pid;
	rec->start_ticks = t->start_ticks;
	rec->mntns = t->mntns_id;
	rec->created = (uint64_t)now.tv_sec;

	/* What was read is its own if it has lived until here. */
	return target_alive(t) ? 0 : -ESRCH;
}
