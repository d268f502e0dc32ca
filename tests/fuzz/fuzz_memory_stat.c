/* SPDX-License-Identifier: Apache-2.0 */
/* memory.stat of either version makes figures that add up. */
#include "fuzz.h"

#include "memory.h"
#include "memory_make.h"
#include "parse.h"
#include "snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct memory_files *files = size % 2 ? &memory_v1 : &memory_v2;
	autostr struct str text = fuzz_text(data, size);
	struct memory_raw raw = {
		.host = { .total = 1 << 30,
			  .available = 1 << 29,
			  .swap_total = 1 << 28,
			  .swap_free = 1 << 27 },
		.swap_limit = NO_LIMIT,
		.swap_at_least_used = size % 2,
	};
	struct memory m;

	(void)files->stat_parse(str_text(&text), &raw.stat);
	raw.swap_used = raw.stat.swap;
	raw.room[0] = (struct memory_room){
		.limit = raw.stat.enforced,
		.usage = raw.stat.anon,
		.file = raw.stat.active_file,
		.slab = raw.stat.slab_reclaimable,
	};
	raw.rooms = 1;
	memory_make(&raw, &m);

	fuzz_require(m.cached <= m.total &&
		     m.slab_reclaimable <= m.total - m.cached &&
		     m.free <= m.total - m.cached - m.slab_reclaimable);
	fuzz_require(m.available > 0 && m.available <= m.total);
	fuzz_require(m.shmem <= m.cached);
	fuzz_require(m.swap_free <= m.swap_total &&
		     m.swap_cached <= m.swap_total - m.swap_free);
	return 0;
}
