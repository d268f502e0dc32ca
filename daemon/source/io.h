/* SPDX-License-Identifier: Apache-2.0 */
/* What a container read and wrote, device by device.
 *
 * v2: io.stat, Documentation/admin-guide/cgroup-v2.rst. v1: blkio.throttle or
 * blkio.bfq, Documentation/admin-guide/cgroup-v1/blkio-controller.rst. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse.h"

struct cgroup;

struct io_device {
	uint32_t major;
	uint32_t minor;
	uint64_t reads;
	uint64_t read_bytes;
	uint64_t writes;
	uint64_t written_bytes;
	uint64_t discards;
	uint64_t discarded_bytes;
};

#define IO_DEVICES_MAX 64

/* The first IO_DEVICES_MAX devices; further ones are passed over. */
struct io_stat {
	struct io_device device[IO_DEVICES_MAX];
	size_t n;
};

/* From the nearest level that has the files. Rows without a device number
 * ("(unknown)", "Total") are passed over. Returns 0, -ENOENT when no level
 * counts, -ENODEV when the cgroup is gone, or -errno. */
int io_read(struct cgroup *cg, struct io_stat *ret);

/* The parts of it that each version has; *RET begins empty or is added to. */
int io_v1_read(struct cgroup *cg, struct io_stat *ret);
void io_v1_parse(const char *text, bool bytes, struct io_stat *ret);
void io_v2_parse(const char *text, struct io_stat *ret);

/* "8:16" as the row of that device, which is made if there is none. NULL for
 * anything else, and when there is no room. */
struct io_device *io_device_at(struct io_stat *stat, struct slice name);
