/* SPDX-License-Identifier: Apache-2.0 */
/* A list of mounts, whose paths the container has chosen. */
#include "fuzz.h"

#include "mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);
	autostr struct str path = { 0 };
	struct slice rest = slice_of(str_text(&text));
	struct mountinfo found;
	struct mountinfo m;

	while (mountinfo_next(&rest, &m)) {
		str_reset(&path);
		mountinfo_unescape(m.target, &path);
		fuzz_require(path.len <= m.target.len && m.root.len > 0);
		fuzz_require(mountinfo_find(slice_of(text.text), m.id, &found));
	}

	return 0;
}
