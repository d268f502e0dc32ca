/* SPDX-License-Identifier: Apache-2.0 */
/* Pressure stall information: the cgroup's own files, v2 and hybrid. */
#include "pressure.h"

#include <errno.h>

#include "base.h"
#include "container.h"
#include "gather.h"

static const char *const names[] = {
	[PRESSURE_CPU] = "cpu.pressure",
	[PRESSURE_IO] = "io.pressure",
	[PRESSURE_MEMORY] = "memory.pressure",
};

/* What a cgroup prints in which nothing ever waited. */
static const char nothing[] =
	"some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
	"full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";

int pressure_open(struct container *c, enum pressure p, int flags)
{
	/* The root's would be the host's. */
	if (cgroup_levels(c->cgroup, CG_UNIFIED) == 0)
		return -ENOENT;

	return cgroup_open_file(c->cgroup, CG_UNIFIED, names[p], flags);
}

/* No v2 hierarchy, a kernel without PSI or booted with psi=0 (EOPNOTSUPP), a
 * cgroup that is going away: nothing has waited. */
static int gather(struct container *c, enum pressure p, struct snapshot *s)
{
	if (cgroup_read(c->cgroup, CG_UNIFIED, 0, names[p], &s->pressure) < 0 ||
	    s->pressure.len == 0) {
		str_reset(&s->pressure);
		str_adds(&s->pressure, nothing);
	}

	return s->pressure.err;
}

int pressure_cpu_gather(struct container *c, uint64_t now_ns,
			struct snapshot *s)
{
	(void)now_ns;
	return gather(c, PRESSURE_CPU, s);
}

int pressure_io_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	(void)now_ns;
	return gather(c, PRESSURE_IO, s);
}

int pressure_memory_gather(struct container *c, uint64_t now_ns,
			   struct snapshot *s)
{
	(void)now_ns;
	return gather(c, PRESSURE_MEMORY, s);
}
