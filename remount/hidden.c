/* SPDX-License-Identifier: Apache-2.0 */
/* Mount namespaces that no process is in: a mounted nsfs file or an open one
 * keeps them, such as those of snapd below /run/snapd/ns. A thread that is in
 * one alone is found here, too: /proc/PID/task of every process would have to
 * be searched for it otherwise. */
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base.h"
#include "spaces_own.h"

/* ioctl_nsfs(2), Linux 6.12: the namespace after this one, by age. Those of
 * detached mounts are not among them. */
struct nsfs_mnt_info {
	__u32 size;
	__u32 nr_mounts;
	__u64 mnt_ns_id;
};
#define NSFS_MNT_NEXT _IOR(0xb7, 11, struct nsfs_mnt_info)

/* The fds of these are held until the work is done, and how many there are is
 * up to whoever may make namespaces: half of ours are for other things. */
static size_t most(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;

	return limit.rlim_cur / 2;
}

/* The oldest namespace, where the others are counted from. */
static int first_open(int proc)
{
	static const char *const paths[] = { "1/ns/mnt", "2/ns/mnt",
					     "self/ns/mnt" };
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(paths); i++)
		fd = openat(proc, paths[i], O_RDONLY | O_CLOEXEC);

	return fd;
}

int hidden_add(struct scan *s)
{
	autoclose int at = first_open(s->proc);
	size_t room = most();
	int r = 0;

	while (r == 0 && room && at >= 0) {
		autoclose int before = at;
		struct stat st;
		int kept;

		at = ioctl(before, NSFS_MNT_NEXT, NULL);
		if (at < 0 || fstat(at, &st) < 0 || scan_knows(s, st.st_ino))
			continue;

		kept = fcntl(at, F_DUPFD_CLOEXEC, 0);
		if (kept < 0)
			return 0;
		r = scan_add(s, st.st_ino, 0, kept);
		room--;
	}

	return r;
}
