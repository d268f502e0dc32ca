/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker reads from: the host's file systems, checked, by directory. */
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "bare.h"
#include "base.h"
#include "host.h"
#include "log.h"
#include "remounts.h"
#include "str.h"

static const char cgroups[] = "/sys/fs/cgroup";

static bool is_of(int fd, long magic)
{
	struct statfs st;

	return fstatfs(fd, &st) == 0 && st.f_type == magic;
}

/* Open a directory that must be of one of two file systems: whoever prepared
 * our mount namespace could have put anything there. */
static int open_source(const char *path, unsigned flags, long magic, long other)
{
	autoclose int fd = bare_open(AT_FDCWD, path, flags);

	if (fd < 0)
		return log_error(fd, NULL, "open %s", path);
	if (!is_of(fd, magic) && !is_of(fd, other))
		return log_error(-ENODEV, NULL,
				 "%s is not what the kernel shows there", path);

	return take_fd(&fd);
}

int sources_open(struct host **ret)
{
	autoclose int proc = open_source("/proc", 0, PROC_SUPER_MAGIC, 0);
	autoclose int sys = open_source("/sys", 0, SYSFS_MAGIC, 0);
	autoclose int cgroup = open_source(cgroups, BARE_DEEP,
					   CGROUP2_SUPER_MAGIC, TMPFS_MAGIC);
	int r;

	if (proc < 0 || sys < 0 || cgroup < 0)
		return -ENODEV;

	r = host_open(take_fd(&proc), take_fd(&sys), take_fd(&cgroup), ret);
	if (r < 0)
		return log_error(r, NULL,
				 "find a cgroup hierarchy in "
				 "/sys/fs/cgroup");
	return 0;
}

int sources_triggers(void)
{
	static const char *const tops[] = { cgroups, "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		autoclose int fd = bare_open(AT_FDCWD, tops[i], BARE_WRITABLE);

		if (fd >= 0 && is_of(fd, CGROUP2_SUPER_MAGIC))
			return take_fd(&fd);
	}

	return -ENOENT;
}

/* The supervisor has made it, 0700. */
int sources_registry(const char *run_dir)
{
	autostr struct str path = { 0 };
	int fd;

	str_addf(&path, "%s/containers", run_dir);
	if (path.err)
		return path.err;

	fd = bare_open(AT_FDCWD, str_text(&path), BARE_WRITABLE);
	return fd < 0 ? log_error(fd, NULL, "open %s", str_text(&path)) : fd;
}

int sources_remounts(const char *run_dir)
{
	autostr struct str path = { 0 };

	str_addf(&path, "%s/" REMOUNTS_FILE, run_dir);
	return path.err ? path.err : remounts_open(AT_FDCWD, str_text(&path));
}

int sources_empty(const char *run_dir)
{
	autostr struct str path = { 0 };
	int fd;

	str_addf(&path, "%s/empty", run_dir);
	if (path.err)
		return path.err;

	if (mkdir(str_text(&path), 0500) < 0 && errno != EEXIST)
		return -errno;
	fd = open(str_text(&path), O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
