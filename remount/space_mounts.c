/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts of a namespace that no process is in, asked for one by one. */
#include "spaces.h"

#include <errno.h>
#include <linux/types.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "base.h"
#include "statmount.h"
#include "str.h"

#ifndef SYS_listmount /* Linux 6.8 */
#define SYS_listmount 458
#endif

/* ioctl_nsfs(2), Linux 6.11. */
#define NSFS_MNT_ID _IOR(0xb7, 5, __u64)

#define ALL_MOUNTS UINT64_MAX
#define BATCH      512

static int add_mounts(uint64_t space, const uint64_t *ids, size_t n, size_t max,
		      struct str *out)
{
	autostr struct str status = { 0 };
	size_t begin = out->len;

	for (size_t i = 0; i < n; i++) {
		const struct mount_request q = { sizeof(q), 0, ids[i],
						 STATUS_WANTED, space };
		int r;

		r = statmount_read(&q, max, &status);
		if (r == -ENOENT) /* unmounted meanwhile */
			continue;
		if (r < 0)
			return r;
		(void)statmount_line(status.text, status.len, out);
		if (out->err)
			return out->err;
		if (out->len - begin > max)
			return -EFBIG;
	}

	return 0;
}

int space_mounts(int fd, size_t max, struct str *out)
{
	struct mount_request q = { .size = sizeof(q), .mnt_id = ALL_MOUNTS };
	size_t begin = out->len;
	uint64_t ids[BATCH];
	__u64 space;
	long n;
	int r;

	if (ioctl(fd, NSFS_MNT_ID, &space) < 0)
		return errno == ENOTTY ? -ENOSYS : -errno;
	q.mnt_ns_id = space;

	do {
		n = syscall(SYS_listmount, &q, ids, BATCH, 0);
		if (n < 0)
			return -errno;
		r = add_mounts(space, ids, (size_t)n,
			       max - min_u64(max, out->len - begin), out);
		if (r < 0)
			return r;
		q.param = n ? ids[n - 1] : 0;
	} while (n == BATCH);

	return 0;
}
