/* SPDX-License-Identifier: Apache-2.0 */
/* The age of a container, and when its clock says the machine was booted. */
#include "base.h"
#include "container.h"
#include "gather.h"

/* now + offset, never below 0 and never beyond the clock's range. */
static uint64_t add_signed(uint64_t now, int64_t offset)
{
	if (offset < 0)
		return sub_floor(now, -(uint64_t)offset);

	return add_cap(now, (uint64_t)offset);
}

/* The kernel shifts btime the other way (fs/proc/stat.c, timens_sub_boottime),
 * so that btime + starttime stays when a process was started. */
static uint64_t shifted_btime(uint64_t btime, int64_t offset)
{
	int64_t whole = offset / (int64_t)NSEC_PER_SEC;

	if (btime == 0)
		return 0;
	if (offset % (int64_t)NSEC_PER_SEC < 0)
		whole--;

	return whole < 0 ? add_cap(btime, -(uint64_t)whole)
			 : sub_floor(btime, (uint64_t)whole);
}

int uptime_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	const struct container_info *info = &c->info;

	s->btime = 0;
	if (info->time_namespace) {
		/* Whatever the policy: this is what all clocks in it say. */
		s->uptime_ns = add_signed(now_ns, info->boottime_offset);
		s->btime = shifted_btime(s->host_stat.btime,
					 info->boottime_offset);
	} else if (info->uptime == UPTIME_HOST) {
		s->uptime_ns = now_ns;
	} else {
		s->uptime_ns = sub_floor(now_ns, info->start_ns);
	}

	return 0;
}
