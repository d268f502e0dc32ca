/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/stat, whose name field is the process's own choice. */
#include "fuzz.h"
#include "proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	struct proc_stat stat;

	if (proc_stat_parse(str_text(&text), &stat) == 0)
		fuzz_require(stat.ppid >= 0);
	return 0;
}
