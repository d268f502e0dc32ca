/* SPDX-License-Identifier: Apache-2.0 */
/* blkio counters of cgroup v1: bytes, then operations of the same devices. */
#include "fuzz.h"

#include "io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	autoiostat struct io_stat stat = { 0 };

	io_v1_parse(str_text(&text), true, &stat);
	io_v1_parse(str_text(&text), false, &stat);
	io_sort(&stat);
	for (size_t i = 1; i < stat.n; i++)
		fuzz_require(io_order(&stat.device[i - 1], &stat.device[i]) <
			     0);
	return 0;
}
