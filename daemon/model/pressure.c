/* SPDX-License-Identifier: Apache-2.0 */
#include "container.h"
#include "gather.h"

int pressure_cpu_gather(struct container *c, uint64_t now_ns,
			struct snapshot *s)
{
	(void)c;
	(void)now_ns;
	(void)s;
	return 0;
}

int pressure_io_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	return pressure_cpu_gather(c, now_ns, s);
}

int pressure_memory_gather(struct container *c, uint64_t now_ns,
			   struct snapshot *s)
{
	return pressure_cpu_gather(c, now_ns, s);
}
