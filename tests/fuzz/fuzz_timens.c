/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/timens_offsets. */
#include "fuzz.h"

#include "proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);

	(void)proc_timens_parse(str_text(&text), &(int64_t){ 0 });
	return 0;
}
