/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as memory.numa_stat of either version, as a node's meminfo and as
 * its numastat: figures add up, and no more lines come out than went in. */
#include "base.h"
#include "fuzz.h"
#include "memory.h"
#include "memory_make.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

static size_t lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';

	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct memory_files *files = size % 2 ? &memory_v1 : &memory_v2;
	struct snapshot *s = calloc(1, sizeof(*s));
	struct memory_raw raw = { .host.total = 1 << 30,
				  .host.free = 1 << 29,
				  .swap_limit = NO_LIMIT };
	autostr struct str meminfo = { 0 };
	autostr struct str numastat = { 0 };
	uint64_t used;

	fuzz_require(s != NULL);
	s->host_node = fuzz_text(data, size);
	fuzz_require(memory_numa_parse(files, str_text(&s->host_node),
				       (unsigned)size % 4, &raw.stat,
				       &used) == 0);
	raw.host.free = min_u64(raw.host.free, sub_floor(raw.host.total, used));
	memory_make(&raw, &s->node_memory);
	fuzz_require(s->node_memory.free <= s->node_memory.total &&
		     s->node_memory.cached + s->node_memory.free <=
			     s->node_memory.total);

	node_meminfo_render(s, &meminfo);
	node_numastat_render(s, &numastat);
	fuzz_require(meminfo.err == 0 && numastat.err == 0);
	fuzz_require(lines(str_text(&meminfo)) <=
			     lines(str_text(&s->host_node)) + 1 &&
		     lines(str_text(&numastat)) <=
			     lines(str_text(&s->host_node)) + 1);

	snapshot_free(s);
	free(s);
	return 0;
}
