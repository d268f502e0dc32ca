/* SPDX-License-Identifier: Apache-2.0 */
/* The hugetlb controller: how many huge pages of one size a container may have.
 */
#pragma once

#include <stdint.h>

struct cgroup;

/* The tightest limit for pages of SIZE bytes over all levels, or NO_LIMIT.
 * Returns 0, -ENOENT when no level has the controller for that size, or
 * -errno. */
int hugetlb_limit_read(struct cgroup *cg, uint64_t size, uint64_t *ret);

/* The same over all sizes but SIZE, summed up; NO_LIMIT where one of them has
 * none. */
int hugetlb_other_limit_read(struct cgroup *cg, uint64_t size, uint64_t *ret);

/* What the container uses of SIZE; as above. */
int hugetlb_usage_read(struct cgroup *cg, uint64_t size, uint64_t *ret);
