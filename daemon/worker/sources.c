/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker reads from: the host's file systems, checked, by directory. */
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base.h"
#include "host.h"
#include "log.h"
#include "str.h"

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

int sources_open(struct host **ret)
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

/* The supervisor has made it, 0700. */
int sources_registry(const char *run_dir)
{
	autostr struct str path = { 0 };
	int fd;

	str_addf(&path, "%s/containers", run_dir);
	if (path.err)
		return path.err;

	fd = open(str_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? log_error(-errno, NULL, "open %s", str_text(&path))
		      : fd;
}
