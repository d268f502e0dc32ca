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

/* Open the container's own pressure file anew, for a trigger (O_RDWR) and
 * poll(2): one trigger for each open file. Where the kernel allows it (6.5)
 * that costs the host no realtime thread. Returns an fd that is the caller's,
 * -ENOENT where the container has none (v1, no PSI) and nothing can ever be
 * waited for, or -errno. The container's lock is held. */
int pressure_open(struct container *c, enum pressure p, int flags);
