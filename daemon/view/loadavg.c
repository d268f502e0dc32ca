/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/loadavg, as fs/proc/loadavg.c prints it. */
#include "base.h"
#include "snapshot.h"
#include "view.h"

#define FIXED_1 (UINT64_C(1) << LOAD_SHIFT)

void loadavg_render(const struct snapshot *in, struct str *out)
{
	const struct tasks *t = &in->tasks;
	uint64_t running = max_u64(t->running, 1);

	for (size_t i = 0; i < ARRAY_SIZE(in->load.avg); i++) {
		/* Round to the nearest hundredth. */
		uint64_t avg = in->load.avg[i] + FIXED_1 / 200;
		uint64_t hundredth = (avg % FIXED_1 * 100) >> LOAD_SHIFT;

		str_addu(out, avg >> LOAD_SHIFT);
		str_adds(out, hundredth < 10 ? ".0" : ".");
		str_addu(out, hundredth);
		str_adds(out, " ");
	}

	str_addu(out, running);
	str_adds(out, "/");
	str_addu(out, max_u64(t->total, running));
	str_adds(out, " ");
	str_addu(out, t->newest);
	str_adds(out, "\n");
}
