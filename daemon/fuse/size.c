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

#include <stdint.h>

#include "base.h"
#include "view.h"

#define SIZE_MIN 8192

/* A power of two, as st_blksize is: "wc -c" believes a size that is larger. */
off_t size_of_view(const struct view *view, unsigned cpus)
{
	const uint64_t least =
		max_u64(view->size, (uint64_t)view->cpu_size * cpus);
	uint64_t size = SIZE_MIN;

	while (size < least)
		size *= 2;

	return (off_t)size;
}
