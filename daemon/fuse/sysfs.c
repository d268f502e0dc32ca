/* SPDX-License-Identifier: Apache-2.0 */
/* The host's folders of CPUs and NUMA nodes, shown as they are. */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "base.h"
#include "dir.h"
#include "file.h"
#include "str.h"

#define TEXT_MAX 65536

static const char *const tops[] = {
	"sys/devices/system/cpu",
	"sys/devices/system/node",
};

/* Masked by docker, podman and containerd, for it tells about neighbours. */
static const char masked[] = "thermal_throttle";

bool sysfs_covers(const char *path)
{
	const char *last = strrchr(path, '/');

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		size_t len = strlen(tops[i]);

		if (strncmp(path, tops[i], len) == 0 &&
		    (path[len] == '\0' || path[len] == '/'))
			return strcmp(last + 1, masked) != 0;
	}

	return false;
}

/* PATH begins with "sys/", and SYS is that directory. */
static int open_below(int sys, const char *path, uint64_t flags)
{
	const struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};
	const char *relative = path + sizeof("sys");
	long fd = syscall(SYS_openat2, sys, relative, &how, sizeof(how));

	/* Linux 5.6, or a seccomp filter that does not know it. The names come
	 * from our own table, one by one, so there is no ".." to follow. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(sys, relative,
			    (int)(flags | O_NOFOLLOW | O_CLOEXEC));

	return fd < 0 ? -errno : (int)fd;
}

int sysfs_stat(int sys, const char *path, struct stat *ret)
{
	autoclose int fd = open_below(sys, path, O_PATH | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstatat(fd, "", &st, AT_EMPTY_PATH) < 0)
		return -errno;

	if (!S_ISLNK(st.st_mode))
		st.st_mode &= (mode_t)~0222;
	*ret = st;
	return 0;
}

int sysfs_read(int sys, const char *path, struct str *out)
{
	struct stat st = { 0 };
	int r = sysfs_stat(sys, path, &st);
	autoclose int fd = -1;

	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;

	fd = open_below(sys, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;

	return file_read_fd(fd, TEXT_MAX, out);
}

int sysfs_readlink(int sys, const char *path, struct str *out)
{
	autoclose int fd = open_below(sys, path, O_PATH | O_NOFOLLOW);
	char target[PATH_MAX];
	ssize_t n;

	if (fd < 0)
		return fd;

	n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0)
		return errno == ENOENT ? -EINVAL : -errno;

	str_add(out, target, (size_t)n);
	return out->err;
}

int sysfs_list(int sys, const char *path, sysfs_entry *fn, void *data)
{
	autodir DIR *dir = NULL;
	int fd = open_below(sys, path, O_RDONLY | O_DIRECTORY);
	const struct dirent *e;
	int r = fd < 0 ? fd : dir_stream(fd, &dir);

	if (r < 0)
		return r;

	while ((e = dir_next(dir)))
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 &&
		    strcmp(e->d_name, masked) != 0)
			fn(data, e->d_name, DTTOIF(e->d_type));

	return 0;
}
