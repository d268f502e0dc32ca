/* SPDX-License-Identifier: Apache-2.0 */
/* A host's /proc/meminfo of any kind still makes figures that add up. */
#include "fuzz.h"

#include "host_memory.h"
#include "memory_make.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot s = { .host_meminfo = fuzz_text(data, size) };
	struct memory_raw raw = {
		.room = { { .limit = 1 << 28, .usage = 1 << 27 } },
		.rooms = size % 2,
		.swap_limit = 1 << 26,
		.huge_limit = NO_LIMIT,
		.huge_other_limit = NO_LIMIT,
		.overcommit_ratio = 50,
	};
	autostr struct str out = { 0 };

	host_memory_parse(str_text(&s.host_meminfo), &raw.host);
	if (raw.host.total) {
		const struct memory *m = &s.memory;

		memory_make(&raw, &s.memory);
		fuzz_require(m->available > 0 && m->available <= m->total);
		fuzz_require(m->free <= m->total &&
			     m->swap_free <= m->swap_total);
	} else {
		s.memory.host = size % 3;
	}
	meminfo_render(&s, &out);
	swaps_render(&s, &out);
	fuzz_require(out.err == 0);

	snapshot_free(&s);
	return 0;
}
