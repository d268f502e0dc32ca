/* SPDX-License-Identifier: Apache-2.0 */
/* A host's /proc/diskstats of any kind. */
#include "fuzz.h"

#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot s = { .host_diskstats = fuzz_text(data, size) };
	autostr struct str out = { 0 };

	s.disks.disk[0] =
		(struct io_device){ .major = 8, .read_bytes = UINT64_MAX };
	s.disks.disk[1] = (struct io_device){ .major = 254, .reads = 1 };
	s.disks.n = 2;
	diskstats_render(&s, &out);
	fuzz_require(out.err == 0);

	snapshot_free(&s);
	return 0;
}
