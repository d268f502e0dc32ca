/* SPDX-License-Identifier: Apache-2.0 */
/* The number and the columns of a disk. */
#include "disk_line.h"

#include <string.h>

#include "io.h"
#include "parse.h"

#define SECTOR 512 /* of these files, whatever the disk's is */

bool disk_number(struct slice *line, uint32_t *major, uint32_t *minor)
{
	uint64_t ma;
	uint64_t mi;

	if (slice_next_u64(line, &ma) < 0 || slice_next_u64(line, &mi) < 0 ||
	    ma > UINT32_MAX || mi > UINT32_MAX)
		return false;

	*major = (uint32_t)ma;
	*minor = (uint32_t)mi;
	return true;
}

void disk_columns(const struct io_device *d, uint64_t ret[static DISK_COLUMNS])
{
	const uint64_t columns[DISK_COLUMNS] = {
		d->reads,
		0,
		d->read_bytes / SECTOR,
		0,
		d->writes,
		0,
		d->written_bytes / SECTOR,
		0,
		0,
		0,
		0, /* in flight, busy, weighted */
		d->discards,
		0,
		d->discarded_bytes / SECTOR,
		0,
		0,
		0, /* flushes */
	};

	memcpy(ret, columns, sizeof(columns));
}
