/* SPDX-License-Identifier: Apache-2.0 */
/* What is there before anything is served: directories, checked. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base.h"
#include "config.h"
#include "host.h"
#include "log.h"
#include "options.h"
#include "str.h"

/* Open the directory NAME below AT, made with MODE if it is missing. */
static int open_dir(int at, const char *name, mode_t mode)
{
	int fd;

	if (mkdirat(at, name, mode) < 0 && errno != EEXIST)
		return -errno;

	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int setup_run_dir(const char *path, int *run_dir, int *registry)
{
	autoclose int run = open_dir(AT_FDCWD, path, 0755);
	int records;

	if (run < 0)
		return log_error(run, NULL, "open %s", path);

	records = open_dir(run, "containers", 0700);
	if (records < 0)
		return log_error(records, NULL, "open %s/containers", path);

	*run_dir = take_fd(&run);
	*registry = records;
	return 0;
}

/* A file system without what is mounted over its files: our own views may be,
 * and we would wait for ourselves. open_tree(2) is there since Linux 5.2. */
static int open_bare(const char *path)
{
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, path,
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	return fd >= 0 ? fd : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Open a directory that must be of one of two file systems: whoever prepared
 * our mount namespace could have put anything there. Takes FD over. */
static int check_dir(int dir, const char *path, long magic, long other)
{
	autoclose int fd = dir;
	struct statfs st;

	if (fd < 0 || fstatfs(fd, &st) < 0)
		return log_error(-errno, NULL, "open %s", path);
	if (st.f_type != magic && st.f_type != other)
		return log_error(-ENODEV, NULL,
				 "%s is not what the kernel shows there", path);

	return take_fd(&fd);
}

int setup_host(struct host **ret)
{
	static const char cgroups[] = "/sys/fs/cgroup";
	autoclose int proc =
		check_dir(open_bare("/proc"), "/proc", PROC_SUPER_MAGIC, 0);
	autoclose int sys =
		check_dir(open_bare("/sys"), "/sys", SYSFS_MAGIC, 0);
	autoclose int cgroup = -1;
	int r;

	if (proc < 0 || sys < 0)
		return -ENODEV;
	cgroup = check_dir(open(cgroups, O_PATH | O_DIRECTORY | O_CLOEXEC),
			   cgroups, CGROUP2_SUPER_MAGIC, TMPFS_MAGIC);
	if (cgroup < 0)
		return cgroup;

	r = host_open(take_fd(&proc), take_fd(&sys), take_fd(&cgroup), ret);
	if (r < 0)
		return log_error(r, NULL,
				 "find a cgroup hierarchy in "
				 "/sys/fs/cgroup");
	return 0;
}

/* RET is absolute, for a detached process changes its directory. The last
 * component is not asked: it may be a mount whose daemon is dead. */
static int make_absolute(const char *given, char *ret, size_t size)
{
	autofree char *cwd = NULL;
	int n;

	if (*given == '/') {
		n = snprintf(ret, size, "%s", given);
	} else {
		cwd = realpath(".", NULL);
		if (!cwd)
			return -errno;
		n = snprintf(ret, size, "%s/%s", cwd, given);
	}

	return n < (int)size ? 0 : -ENAMETOOLONG;
}

int setup_mountpoint(const struct options *o, const struct config *c, char *ret,
		     size_t size)
{
	autostr struct str given = { 0 };
	int r;

	if (o->mountpoint)
		str_adds(&given, o->mountpoint);
	else if (c->mountpoint)
		str_adds(&given, c->mountpoint);
	else
		str_addf(&given, "%s/fs", o->run_dir);

	r = given.err ? given.err : make_absolute(str_text(&given), ret, size);
	if (r == 0 && mkdir(ret, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r < 0)
		return log_error(r, NULL, "make mount point %s",
				 str_text(&given));

	return 0;
}
