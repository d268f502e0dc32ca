/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/uptime: age, and the idle time of all shown CPUs, as in /proc/stat. */
#include "base.h"
#include "snapshot.h"
#include "view.h"

static void hundredths(struct str *out, uint64_t value)
{
	str_addu(out, value / 100);
	str_adds(out, value % 100 < 10 ? ".0" : ".");
	str_addu(out, value % 100);
}

void uptime_render(const struct snapshot *in, struct str *out)
{
	uint64_t idle = 0; /* in ticks, a hundredth of a second each */

	for (size_t i = 0; i < in->cputime.n; i++)
		idle += in->cputime.lines[i].time[CPU_IDLE] / USEC_PER_TICK;

	hundredths(out, in->uptime_ns / (NSEC_PER_SEC / 100));
	str_adds(out, " ");
	hundredths(out, idle);
	str_adds(out, "\n");
}
