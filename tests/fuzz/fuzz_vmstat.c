/* SPDX-License-Identifier: Apache-2.0 */
/* A host's /proc/vmstat of any kind. */
#include "fuzz.h"

#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot s = { .host_vmstat = fuzz_text(data, size) };
	autostr struct str out = { 0 };

	s.vmevents.event[0] = (struct vmevent){ "nr_dirty", UINT64_MAX };
	s.vmevents.event[1] = (struct vmevent){ "pgfault", 1 };
	s.vmevents.n = size % 3;
	vmstat_render(&s, &out);
	fuzz_require(out.err == 0);

	snapshot_free(&s);
	return 0;
}
