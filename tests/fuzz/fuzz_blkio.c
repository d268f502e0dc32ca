/* SPDX-License-Identifier: Apache-2.0 */
/* blkio counters of cgroup v1: bytes, then operations of the same devices. */
#include "fuzz.h"

#include "io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	struct io_stat stat = { .n = 0 };

	io_v1_parse(str_text(&text), true, &stat);
	io_v1_parse(str_text(&text), false, &stat);
	fuzz_require(stat.n <= IO_DEVICES_MAX);
	return 0;
}
