/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker reads from: the host's file systems, checked, by directory. */
#pragma once

struct host;

/* The host's procfs, sysfs and cgroups. Says what went wrong. Returns 0 or
 * -errno. */
int sources_open(struct host **ret);

/* The records below RUN_DIR. Likewise; returns the directory's fd or -errno. */
int sources_registry(const char *run_dir);
