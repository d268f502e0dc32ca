/* SPDX-License-Identifier: Apache-2.0 */
/* /sys/devices/system/cpu: which CPUs are there. The kernel prints an empty set
 * as an empty line (drivers/base/cpu.c). */
#include "snapshot.h"
#include "view.h"

void cpu_online_render(const struct snapshot *in, struct str *out)
{
	cpus_line(&in->cpus.shown, out);
}

void cpu_offline_render(const struct snapshot *in, struct str *out)
{
	struct cpus offline = cpus_without(&in->cpus.present, &in->cpus.shown);

	cpus_line(&offline, out);
}

void cpu_n_online_render(const struct snapshot *in, struct str *out)
{
	str_adds(out,
		 cpus_has(&in->cpus.shown, in->star.number) ? "1\n" : "0\n");
}
