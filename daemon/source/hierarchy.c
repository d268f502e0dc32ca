/* SPDX-License-Identifier: Apache-2.0 */
/* Which cgroup hierarchies this machine has, found by their folders. */
#include "hierarchy.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base.h"

#define DIR_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)

static bool is_v2(int dir)
{
	return faccessat(dir, "cgroup.controllers", F_OK, 0) == 0;
}

/* A v1 folder is named after its controller, by itself or by a symbolic link
 * ("cpu" -> "cpu,cpuacct"). */
static int open_v1(int cgroupfs, struct hierarchies *h)
{
	int found = 0;

	for (int c = 0; c < CG_UNIFIED; c++) {
		const char *name = controller_name((enum controller)c);

		h->of[c].fd = openat(cgroupfs, name, DIR_FLAGS);
		if (h->of[c].fd >= 0)
			found++;
		else if (errno != ENOENT)
			return -errno;
	}

	return found;
}

static int give_v2(struct hierarchies *h, int unified)
{
	h->of[CG_UNIFIED] = (struct hierarchy){ .fd = unified, .v2 = true };

	for (int c = 0; c < CG_UNIFIED; c++) {
		if (h->of[c].fd >= 0)
			continue;
		h->of[c].fd = fcntl(unified, F_DUPFD_CLOEXEC, 3);
		if (h->of[c].fd < 0)
			return -errno;
		h->of[c].v2 = true;
	}

	return 0;
}

static int open_all(int cgroupfs, struct hierarchies *h)
{
	int unified;
	int found = 0;

	if (is_v2(cgroupfs)) {
		unified = openat(cgroupfs, ".", DIR_FLAGS);
	} else {
		found = open_v1(cgroupfs, h);
		if (found < 0)
			return found;
		unified = openat(cgroupfs, "unified", DIR_FLAGS);
		if (unified >= 0 && !is_v2(unified)) {
			close(unified);
			unified = -1;
			errno = ENOENT;
		}
	}
	if (unified >= 0)
		return give_v2(h, unified);
	if (errno != ENOENT)
		return -errno;

	return found ? 0 : -ENOENT;
}

int hierarchies_open(int cgroupfs, struct hierarchies *ret)
{
	struct hierarchies h;
	int r;

	for (int c = 0; c < CG_COUNT; c++)
		h.of[c] = (struct hierarchy){ .fd = -1 };

	r = open_all(cgroupfs, &h);
	if (r < 0) {
		hierarchies_close(&h);
		return r;
	}

	*ret = h;
	return 0;
}

void hierarchies_close(struct hierarchies *h)
{
	for (int c = 0; c < CG_COUNT; c++) {
		close_at(&h->of[c].fd);
		h->of[c].fd = -1;
	}
}
