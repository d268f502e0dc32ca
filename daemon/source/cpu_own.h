/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of source/cpu*.c share. */
#pragma once

#include <stdint.h>

#include "controllers.h"

struct cgroup;
struct cpu_usage;
struct str;

/* Append file NAME of the container's own cgroup. A "container" in the root
 * cgroup, which is not a level, has the root's own files. Returns 0 or -errno
 * as cgroup_read(). */
int cpu_own_read(struct cgroup *cg, enum controller c, const char *name,
		 struct str *out);

/* The versions' halves of cpu_usage_read() without throttled time on v1, and of
 * cpu_used_read(). */
struct cpu_absent;
int cpu_v1_usage_read(struct cgroup *cg, struct cpu_absent *absent,
		      struct cpu_usage *ret);
int cpu_v2_usage_read(struct cgroup *cg, struct cpu_usage *ret);
int cpu_v1_used_read(struct cgroup *cg, uint64_t *ret);
int cpu_v2_used_read(struct cgroup *cg, uint64_t *ret);
