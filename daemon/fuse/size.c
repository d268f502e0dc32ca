/* SPDX-License-Identifier: Apache-2.0 */
/* How long a file says it is, before anybody has read it.
 *
 * procfs says 0. Of such a file sendfile(2) and splice(2), which take from the
 * page cache, would see the end at once since Linux 6.5: "busybox cat" prints
 * nothing then. So a file says a bit more than it will have, as those of sysfs
 * do. No less, for some read that much and no more (node's readFile). And not
 * much more: who looks for the end from there (tail -n) reads backwards from it
 * in steps of 8192 bytes. */
#include "size.h"

#include <stddef.h>

#include "base.h"
#include "view.h"

#define SIZE_MIN 8192

/* Bytes for each CPU that the host may have. */
static const struct {
	unsigned needs;
	unsigned bytes;
} by_cpu[] = {
	{ NEED_HOST_CPUINFO | NEED_HOST_INTERRUPTS, 4096 },
	{ NEED_HOST_SCHEDSTAT, 1024 },
	{ NEED_HOST_STAT | NEED_HOST_SOFTIRQS, 256 },
};

/* A power of two, as st_blksize is: "wc -c" believes a size that is larger. */
off_t size_of_view(const struct view *view, unsigned cpus)
{
	size_t size = SIZE_MIN;

	for (size_t i = 0; i < ARRAY_SIZE(by_cpu); i++)
		while (view->needs & by_cpu[i].needs &&
		       size < (size_t)by_cpu[i].bytes * cpus)
			size *= 2;

	return (off_t)size;
}
