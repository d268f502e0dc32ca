/* SPDX-License-Identifier: Apache-2.0 */
/* What a container writes into a pressure file. */
#include "fuzz.h"

#include "trigger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trigger t;

	if (trigger_parse((const char *)data, size, &t) < 0)
		return 0;

	fuzz_require(t.window >= 2000000 && t.window <= 10000000);
	fuzz_require(t.threshold > 0 && t.threshold <= t.window);
	return 0;
}
