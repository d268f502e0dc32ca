/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.stat of any kind. */
#include "cpu.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	autousage struct cpu_usage usage = { 0 };

	if (cpu_stat_parse(str_text(&text), &usage) == 0)
		fuzz_require(usage.cpu == NULL && usage.n == 0);
	return 0;
}
