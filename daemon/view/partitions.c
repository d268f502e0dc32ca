/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/partitions: the host's lines of the disks that diskstats has. */
#include "disk_line.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* "major minor  #blocks  name", and an empty line: show_partition_start(),
 * block/genhd.c. All other lines begin with a device number. */
void partitions_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_partitions));
	struct slice line;

	while (slice_line(&rest, &line)) {
		struct slice words = line;
		uint32_t major;
		uint32_t minor;

		if (!in->disks.host && disk_number(&words, &major, &minor) &&
		    !disks_find(&in->disks, major, minor))
			continue;
		str_add(out, line.p, line.len);
		str_add(out, "\n", 1);
	}
}
