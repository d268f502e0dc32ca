/* SPDX-License-Identifier: Apache-2.0 */
/* /sys/block/NAME/stat: one disk, the columns of diskstats. What iostat(1) of
 * sysstat 12 reads.
 *
 * Documentation/block/stat.rst. A disk the container has not used is all 0. */
#include <inttypes.h>

#include "base.h"
#include "disk_line.h"
#include "snapshot.h"
#include "view.h"

/* The width is that of part_stat_show(), block/genhd.c. */
void disk_stat_render(const struct snapshot *in, struct str *out)
{
	uint64_t columns[DISK_COLUMNS];

	if (in->disks.host) {
		str_adds(out, str_text(&in->host_disk));
		return;
	}

	disk_columns(&in->disk, columns);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		str_addf(out, "%s%8" PRIu64, i ? " " : "", columns[i]);
	str_add(out, "\n", 1);
}
