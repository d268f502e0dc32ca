/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON form of a record: what reader and writer of it share. */
#pragma once

#include <stdbool.h>

#include "registry.h"

extern const char *const record_cpu_names[CPU_HOST + 1];
extern const char *const record_uptime_names[UPTIME_HOST + 1];

/* "unified" for CG_UNIFIED, the controller's own name otherwise. */
const char *record_cgroup_key(int c);

/* Does PATH begin with '/' and never go up? */
bool record_cgroup_path_valid(const char *path);
