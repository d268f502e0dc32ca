/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/diskstats: the container's disks in the host's order, 20 columns. */
#include "base.h"
#include "disk_line.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

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
	uint64_t columns[DISK_COLUMNS];

	disk_columns(d, columns);
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
		uint32_t major;
		uint32_t minor;
		struct slice name;
		const struct io_device *d;

		if (!disk_number(&line, &major, &minor) ||
		    !slice_word(&line, &name))
			continue;

		d = disks_find(&in->disks, major, minor);
		if (d)
			line_add(d, name, out);
	}
}
