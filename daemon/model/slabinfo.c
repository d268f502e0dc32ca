/* SPDX-License-Identifier: Apache-2.0 */
/* The container's slab caches: only cgroup v1 before Linux 5.9 tells them. */
#include "container.h"
#include "gather.h"

int slabinfo_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	(void)now_ns;

	/* Absent on v2, empty since 5.9, and unreadable when the cgroup goes
	 * away: all the same to the view. */
	if (!cgroup_is_v2(c->cgroup, CG_MEMORY) &&
	    cgroup_read(c->cgroup, CG_MEMORY, 0, "memory.kmem.slabinfo",
			&s->slabinfo) < 0)
		str_reset(&s->slabinfo);

	return 0;
}
