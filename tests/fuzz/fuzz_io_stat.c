/* SPDX-License-Identifier: Apache-2.0 */
/* io.stat of cgroup v2. */
#include "fuzz.h"

#include "io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	struct io_stat stat = { .n = 0 };

	io_v2_parse(str_text(&text), &stat);
	fuzz_require(stat.n <= IO_DEVICES_MAX);
	return 0;
}
