/* SPDX-License-Identifier: Apache-2.0 */
/* Pressure stall information: the cgroup's own files, v2 and hybrid. */
#include "pressure.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* Open without CAP_SYS_RESOURCE: psi_trigger_create() in kernel/sched/psi.c
 * looks at who opened the file, and starts a realtime thread for each cgroup
 * with a trigger of the privileged. capset(2) is this thread's alone. */
static int open_unprivileged(struct cgroup *cg, const char *name, int flags)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct all[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct less[_LINUX_CAPABILITY_U32S_3];
	int fd;

	if (syscall(SYS_capget, &head, all) < 0)
		return -EPERM;
	memcpy(less, all, sizeof(less));
	less[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective &=
		~CAP_TO_MASK(CAP_SYS_RESOURCE);
	if (syscall(SYS_capset, &head, less) < 0)
		return -EPERM;

	fd = cgroup_open_file(cg, CG_UNIFIED, name, flags);
	(void)syscall(SYS_capset, &head, all); /* may always be raised again */
	return fd;
}

int pressure_open(struct container *c, enum pressure p, int flags)
{
	int fd;

	/* The root's would be the host's. */
	if (cgroup_levels(c->cgroup, CG_UNIFIED) == 0)
		return -ENOENT;

	fd = open_unprivileged(c->cgroup, names[p], flags);
	return fd == -EPERM ? cgroup_open_file(c->cgroup, CG_UNIFIED, names[p],
					       flags)
			    : fd;
}

/* No v2 hierarchy, a kernel without PSI or booted with psi=0 (EOPNOTSUPP):
 * nothing has waited. A cgroup that goes away has waited as long as before. */
static int gather(struct container *c, enum pressure p, struct snapshot *s)
{
	struct str *last = &c->last_pressure[p];

	if (cgroup_read(c->cgroup, CG_UNIFIED, 0, names[p], &s->pressure) ==
		    0 &&
	    s->pressure.len) {
		str_reset(last);
		str_add(last, s->pressure.text, s->pressure.len);
		return 0;
	}

	str_reset(&s->pressure);
	str_adds(&s->pressure, last->len ? last->text : nothing);
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
