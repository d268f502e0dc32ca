/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/diskstats: the container's disks in the host's order, 20 columns.
 *
 * Documentation/admin-guide/iostats.rst. A cgroup counts operations and bytes;
 * merges, times and queues are 0. */
#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

#define SECTOR 512 /* of these files, whatever the disk's is */

static const struct io_device *disk_find(const struct disks *disks,
					 uint64_t major, uint64_t minor)
{
	for (size_t i = 0; i < disks->n; i++)
		if (disks->disk[i].major == major &&
		    disks->disk[i].minor == minor)
			return &disks->disk[i];

	return NULL;
}

static void number_add(struct str *out, uint64_t value, unsigned width)
{
	uint64_t least = 1;

	for (unsigned i = 1; i < width; i++) {
		least *= 10;
		if (value < least)
			str_add(out, " ", 1);
	}
	str_addu(out, value);
}

static void line_add(const struct io_device *d, struct slice name,
		     struct str *out)
{
	const uint64_t columns[] = {
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

	number_add(out, d->major, 4);
	number_add(out, d->minor, 8);
	str_add(out, " ", 1);
	str_add(out, name.p, name.len);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		str_add(out, " ", 1);
		str_addu(out, columns[i]);
	}
	str_add(out, "\n", 1);
}

void diskstats_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_diskstats));
	struct slice line;

	if (in->disks.host) {
		str_add(out, rest.p, rest.len);
		return;
	}

	while (slice_line(&rest, &line)) {
		uint64_t major;
		uint64_t minor;
		struct slice name;
		const struct io_device *d;

		if (slice_next_u64(&line, &major) < 0 ||
		    slice_next_u64(&line, &minor) < 0 ||
		    !slice_word(&line, &name))
			continue;

		d = disk_find(&in->disks, major, minor);
		if (d)
			line_add(d, name, out);
	}
}
