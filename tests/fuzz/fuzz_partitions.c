/* SPDX-License-Identifier: Apache-2.0 */
/* A host's /proc/partitions of any kind. */
#include "fuzz.h"

#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot s = { .host_partitions = fuzz_text(data, size) };
	autostr struct str out = { 0 };

	s.disks.disk[0] = (struct io_device){ .major = 8 };
	s.disks.disk[1] = (struct io_device){ .major = 254, .minor = 1 };
	s.disks.n = 2;
	partitions_render(&s, &out);
	fuzz_require(out.err == 0);
	fuzz_require(out.len <= s.host_partitions.len + 1);

	snapshot_free(&s);
	return 0;
}
