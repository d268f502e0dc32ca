/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker reads from: the host's file systems, checked, by directory. */
#pragma once

struct host;

/* The host's procfs, sysfs and cgroups. Says what went wrong. Returns 0 or
 * -errno. */
int sources_open(struct host **ret);

/* The records below RUN_DIR. Likewise; returns the directory's fd or -errno. */
int sources_registry(const char *run_dir);

/* The top of cgroup v2, to open files below it for writing. Returns its fd, or
 * -ENOENT when there is none. */
int sources_triggers(void);

/* What resview-remount has counted, below RUN_DIR. Returns its fd or -errno. */
int sources_remounts(const char *run_dir);

/* An empty directory below RUN_DIR, made if it is missing. Returns its fd or
 * -errno. */
int sources_empty(const char *run_dir);
