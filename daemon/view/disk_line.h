/* SPDX-License-Identifier: Apache-2.0 */
/* What a line about a disk consists of, in whichever file it is.
 *
 * Documentation/admin-guide/iostats.rst. A cgroup counts operations and bytes;
 * merges, times and queues are 0. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct io_device;
struct slice;

/* Take the device number, two words, off *LINE. False when there is none. */
bool disk_number(struct slice *line, uint32_t *major, uint32_t *minor);

#define DISK_COLUMNS 17

void disk_columns(const struct io_device *d, uint64_t ret[static DISK_COLUMNS]);
