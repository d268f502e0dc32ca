/* SPDX-License-Identifier: Apache-2.0 */
/* What is there before anything is served: directories, checked. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base.h"
#include "config.h"
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

/* The host's procfs: whoever prepared our mount namespace could have put
 * anything there. */
int setup_proc(int *ret)
{
	autoclose int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs st;

	if (fd < 0 || fstatfs(fd, &st) < 0)
		return log_error(-errno, NULL, "open /proc");
	if (st.f_type != PROC_SUPER_MAGIC)
		return log_error(-ENODEV, NULL,
				 "/proc is not what the kernel shows there");

	*ret = take_fd(&fd);
	return 0;
}

/* The last component is not asked: it may be a mount whose daemon is dead. */
int setup_absolute(const char *given, char *ret, size_t size)
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

	r = given.err ? given.err : setup_absolute(str_text(&given), ret, size);
	if (r == 0 && mkdir(ret, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r < 0)
		return log_error(r, NULL, "make mount point %s",
				 str_text(&given));

	return 0;
}
