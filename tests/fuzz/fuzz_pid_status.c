/* SPDX-License-Identifier: Apache-2.0 */
/* The NSpid line of /proc/PID/status, at any depth. */
#include "fuzz.h"
#include "proc.h"
#include "threads.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	unsigned count = 0;
	pid_t pid;

	for (unsigned depth = 0; depth < 4; depth++)
		if (threads_nspid_parse(str_text(&text), depth, &pid, &count) ==
		    0)
			fuzz_require(pid >= 0 && count >= depth && count > 0);
	if (proc_nspid_parse(str_text(&text), &pid) == 0)
		fuzz_require(pid >= 0);
	return 0;
}
