/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and judging a file inside a container without being led astray. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attach.h"

struct mount_asker;

/* The container's procfs or sysfs. */
struct place_base {
	int fd; /* O_PATH on its root */
	uint64_t mnt_id;
	struct mount_asker *mounts; /* of the namespace */
};

/* Is PATH below NAME? What is it called there? */
bool place_in(const char *path, const char *name);
const char *place_below(const char *path);

/* An O_PATH fd of the container's root, or -ENXIO, or -errno. */
int place_root_open(const struct attach *a);

/* Open the file system NAME below ROOT. Returns 0, -ENOENT when there is none,
 * -EPERM when something else is mounted there or it is not its root, -EXDEV
 * when mounts in it would show up outside, or -errno. */
int place_base_open(const struct attach *a, int root, const char *name,
		    struct place_base *ret);

/* An O_PATH fd of the view PATH, or -EXDEV when something is mounted over a
 * directory on the way to it, or -errno. */
int place_open(const struct place_base *base, const char *path);

/* What is to be done with it: ATTACH_MOUNTED (plain file), ATTACH_REPLACED,
 * ATTACH_LIVE or ATTACH_FOREIGN. Returns 0, -EINVAL when it is not a file, or
 * -errno. */
int place_classify(const struct attach *a, const struct place_base *base,
		   int place, enum attach_outcome *ret);
