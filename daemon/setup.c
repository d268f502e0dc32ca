/* SPDX-License-Identifier: Apache-2.0 */
/* What is there before anything is served: directories, checked. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base.h"
#include "config.h"
#include "log.h"
#include "options.h"
#include "str.h"

/* Nine times the share of the CPU: Linux, kernel/sched/core.c,
 * sched_prio_to_weight. */
#define HASTE 10

static int make_dir(int at, const char *name, mode_t mode)
{
	return mkdirat(at, name, mode) < 0 && errno != EEXIST ? -errno : 0;
}

int setup_run_dir(const char *path, int *ret)
{
	autoclose int fd = -1;
	int r = make_dir(AT_FDCWD, path, 0755);

	if (r == 0) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = fd < 0 ? -errno : 0;
	}
	if (r < 0)
		return log_error(r, NULL, "open %s", path);

	r = make_dir(fd, "containers", 0700);
	if (r < 0)
		return log_error(r, NULL, "make %s/containers", path);

	*ret = take_fd(&fd);
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

int setup_priority(void)
{
	int before = getpriority(PRIO_PROCESS, 0);

	(void)setpriority(PRIO_PROCESS, 0, before - HASTE);
	return before;
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
