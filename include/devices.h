/* SPDX-License-Identifier: Apache-2.0 */
/* The device numbers that our file systems have had: RUN_DIR/devices, a line
 * "MAJOR:MINOR SECONDS" each, the newest last. By them a mount of ours is told
 * from one that only calls itself so, and a live one from a stale one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DEVICES_MAX 64

struct device {
	dev_t dev;
	uint64_t since; /* seconds since the epoch; 0: not known */
};

struct devices {
	struct device list[DEVICES_MAX]; /* the newest last */
	size_t count;
};

/* Read them. Absent is empty; lines that make no sense are passed over, and of
 * more than DEVICES_MAX the oldest. Returns 0 or -errno. */
int devices_read(int run_dir, struct devices *ret);

/* Make DEV the newest. One that is there already keeps its time when KEEP is
 * set: its connection goes on. Returns 0 or -errno. */
int devices_note(int run_dir, dev_t dev, bool keep);

/* Has DEV been ours? */
bool devices_have(const struct devices *d, dev_t dev);
