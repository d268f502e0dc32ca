/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/cgroup: every path that is taken begins with a '/'. */
#include "controllers.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	autopaths struct cgroup_paths paths = { 0 };

	if (cgroup_paths_parse(str_text(&text), &paths) < 0)
		return 0;

	cgroup_paths_strip_init(&paths);
	for (int c = 0; c < CG_COUNT; c++)
		fuzz_require(!paths.path[c] || *paths.path[c] == '/');
	return 0;
}
