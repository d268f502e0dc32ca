/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's sysfs says of one disk, by its name there: the '/' that a
 * device's name may have is a '!'. SYS is a directory fd. */
#pragma once

#include <sys/types.h>

struct str;

/* Its device number; 0 when it has none, for it is hidden behind another, as
 * the paths of an NVMe multipath are. Returns 0, -ENODEV when there is no such
 * disk, -EINVAL or -errno. */
int disk_dev_read(int sys, const char *name, dev_t *ret);

/* Append its counters. Returns likewise. */
int disk_stat_read(int sys, const char *name, struct str *out);
