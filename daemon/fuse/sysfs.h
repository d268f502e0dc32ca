/* SPDX-License-Identifier: Apache-2.0 */
/* The host's sys/devices/system/cpu and sys/devices/system/node, shown as they
 * are where no view stands for a file. SYS is the host's sysfs; nothing leaves
 * the tree below it. */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

struct str;

/* Is PATH ("sys/devices/system/cpu/cpu0") one of these directories or below
 * it, and not among what container engines mask? */
bool sysfs_covers(const char *path);

/* Returns 0 or -errno. Modes lose what would allow to write. */
int sysfs_stat(int sys, const char *path, struct stat *ret);

/* Append the text of a regular file, or where a symbolic link points to. */
int sysfs_read(int sys, const char *path, struct str *out);
int sysfs_readlink(int sys, const char *path, struct str *out);

/* Call FN for each entry but "." and "..", TYPE as S_IFMT. */
typedef void sysfs_entry(void *data, const char *name, mode_t type);
int sysfs_list(int sys, const char *path, sysfs_entry *fn, void *data);
