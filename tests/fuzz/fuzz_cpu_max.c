/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.max, and v1's two files, never give a period to divide by that is 0. */
#include "cpu.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	struct cpu_quota quota;

	if (cpu_max_parse(str_text(&text), &quota) == 0)
		fuzz_require(quota.period > 0);
	if (cpu_cfs_parse(str_text(&text), "100000\n", &quota) == 0)
		fuzz_require(quota.period == 100000);
	if (cpu_cfs_parse("-1\n", str_text(&text), &quota) == 0)
		fuzz_require(quota.period > 0);
	return 0;
}
