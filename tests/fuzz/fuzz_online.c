/* SPDX-License-Identifier: Apache-2.0 */
/* A CPU list that is understood is the same set when it is printed and read
 * again. */
#include <string.h>

#include "cpus.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	autostr struct str out = { 0 };
	struct cpus set;
	struct cpus again;

	if (cpus_parse(str_text(&text), &set) < 0)
		return 0;

	cpus_format(&set, &out);
	fuzz_require(out.err == 0);
	fuzz_require(cpus_parse(str_text(&out), &again) == 0);
	fuzz_require(memcmp(&set, &again, sizeof(set)) == 0);
	return 0;
}
