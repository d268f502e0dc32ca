/* SPDX-License-Identifier: Apache-2.0 */
/* The device numbers that our file systems have had: RUN_DIR/devices, a line
 * "MAJOR:MINOR SECONDS NAME" each, the newest last. By them a mount of ours is
 * told from one that only calls itself so, and a live one from a stale one.
 *
 * The kernel gives a number away again as soon as it is free, say to another
 * resviewd, which has a run directory of its own. So each file system has a
 * name too, which its mounts show as their source. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "parse.h"

#define DEVICES_MAX     64
#define DEVICE_NAME_MAX 31

struct device {
	dev_t dev;
	uint64_t since; /* seconds since the epoch; 0: not known */
	char name[DEVICE_NAME_MAX + 1]; /* "": not known */
};

struct devices {
	struct device list[DEVICES_MAX]; /* the newest last */
	size_t count;
};

/* Read them. Absent is empty; lines that make no sense are passed over, and of
 * more than DEVICES_MAX the oldest. Returns 0 or -errno. */
int devices_read(int run_dir, struct devices *ret);

/* Make DEV the newest. NULL instead of a NAME: it goes on, and keeps its time
 * and name. Returns 0 or -errno. */
int devices_note(int run_dir, dev_t dev, const char *name);

/* The newest with this number, or NULL. */
const struct device *devices_find(const struct devices *d, dev_t dev);

/* Is it D that is mounted, where a mount has this number and source? Where the
 * source is not known (before Linux 6.13 statmount(2) does not say it), "", the
 * number decides. */
bool device_is(const struct device *d, dev_t dev, struct slice source);

/* Is it any of them? */
bool devices_have(const struct devices *d, dev_t dev, struct slice source);
