/* SPDX-License-Identifier: Apache-2.0 */
/* cpuacct.usage_all and its elder brothers: totals are the sum of the CPUs, and
 * memory is bounded whatever ids there are. */
#include "base.h"
#include "cpu.h"
#include "fuzz.h"

static void check(const struct cpu_usage *u)
{
	uint64_t user = 0;

	fuzz_require(u->cpu != NULL && u->n <= 2 * CPUS_MAX);
	for (unsigned i = 0; i < u->n; i++)
		user = add_cap(user, u->cpu[i].user);
	fuzz_require(user == u->user);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	autousage struct cpu_usage all = { 0 };
	autousage struct cpu_usage percpu = { 0 };

	if (cpu_usage_all_parse(str_text(&text), &all) == 0)
		check(&all);
	if (cpu_usage_percpu_parse(str_text(&text), str_text(&text), &percpu) ==
	    0)
		check(&percpu);
	return 0;
}
