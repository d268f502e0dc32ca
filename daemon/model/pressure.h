/* SPDX-License-Identifier: Apache-2.0 */
/* Pressure files that can be waited for: Documentation/accounting/psi.rst. */
#pragma once

struct container;

enum pressure {
	PRESSURE_CPU,
	PRESSURE_IO,
	PRESSURE_MEMORY,
	PRESSURES,
};

/* Open the container's own pressure file anew, for a trigger and poll(2): one
 * trigger for each open file. Ours are for reading only, so it is opened below
 * TOP, the v2 hierarchy's top directory (-1: there is none), where PATH is the
 * container's. We need no CAP_SYS_RESOURCE, and have none: psi_trigger_create()
 * in kernel/sched/psi.c would start a realtime thread for the cgroup. Returns
 * an fd that is the caller's, -ENOENT where the container has none (v1, no PSI)
 * and nothing can ever be waited for, or -errno. The container's lock is held.
 */
int pressure_open(struct container *c, int top, const char *path,
		  enum pressure p);
