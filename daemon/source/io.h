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

/* All devices that the kernel has counted for: no more than the machine has. */
struct io_stat {
	struct io_device *device; /* by number, after io_sort() */
	size_t n;
	size_t cap;
	int err; /* 0, or the -errno that stopped us */
};

#define autoiostat __attribute__((cleanup(io_free)))
void io_free(struct io_stat *stat);

/* From the nearest level that has the files, sorted. Rows without a device
 * number ("(unknown)", "Total") are passed over. Returns 0, -ENOENT when no
 * level counts, -ENODEV when the cgroup is gone, or -errno; *RET begins empty,
 * and is to be freed in any case. */
int io_read(struct cgroup *cg, struct io_stat *ret);

/* The parts of it that each version has. *RET is added to: to the last row when
 * that is the device's, else at the end. */
int io_v1_read(struct cgroup *cg, struct io_stat *ret);
void io_v1_parse(const char *text, bool bytes, struct io_stat *ret);
void io_v2_parse(const char *text, struct io_stat *ret);

/* Bring the rows into order, and those of one device together. */
void io_sort(struct io_stat *stat);

/* Let TO be no less than FROM in any counter: of one thing told in two places
 * they are not to be added up. */
void io_merge(struct io_device *to, const struct io_device *from);

/* strcmp(3) for device numbers, as qsort(3) and bsearch(3) want it. */
int io_order(const void *a, const void *b);

/* The row of MAJOR:MINOR among N sorted ones, or NULL. */
const struct io_device *io_find(const struct io_device *list, size_t n,
				uint32_t major, uint32_t minor);

/* "8:16" as the row of that device, which is the last one. NULL for anything
 * else, and when there is no memory: stat->err. */
struct io_device *io_device_at(struct io_stat *stat, struct slice name);
