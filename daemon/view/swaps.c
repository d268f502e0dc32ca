/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/swaps: one swap area with the figures of meminfo.
 *
 * Format: swap_show() of mm/swapfile.c. */
#include "snapshot.h"
#include "view.h"

/* The kernel keeps columns by a tab less for long numbers. */
static void number_add(struct str *out, uint64_t value)
{
	str_addu(out, value);
	str_adds(out, value < 10000000 ? "\t\t" : "\t");
}

void swaps_render(const struct snapshot *in, struct str *out)
{
	const struct memory *m = &in->memory;
	uint64_t total = m->swap_total / 1024;
	uint64_t free = m->swap_free / 1024;

	str_adds(out, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	if (total == 0)
		return;

	/* No name of a device of the host. */
	str_adds(out, "none                                    virtual\t\t");
	number_add(out, total);
	number_add(out, total - free);
	str_adds(out, "0\n");
}
