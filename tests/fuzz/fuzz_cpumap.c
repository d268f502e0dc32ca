/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a node's cpumap and cpulist: what comes out has no other CPU than
 * those that are shown, and a map is as long as the host's. */
#include <string.h>

#include "base.h"
#include "cpus.h"
#include "fuzz.h"
#include "snapshot.h"
#include "view.h"

/* Only digits of shown CPUs 1, 2 and 39 may be left. */
static void require_map(const char *map, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	unsigned cpu = 0;

	while (len--) {
		const char *at = strchr(digits, map[len]);

		if (map[len] == ',' || map[len] == '\n')
			continue;
		fuzz_require(at && map[len]);
		fuzz_require(map[len] == '0' || cpu == 0 || cpu == 36);
		fuzz_require(((at - digits) & ~(cpu ? 8 : 6)) == 0);
		cpu += 4;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	autostr struct str map = { 0 };
	autostr struct str list = { 0 };
	struct cpus set;

	fuzz_require(s != NULL);
	s->host_node = fuzz_text(data, size);
	cpus_add(&s->cpus.shown, 1);
	cpus_add(&s->cpus.shown, 2);
	cpus_add(&s->cpus.shown, 39);

	node_cpumap_render(s, &map);
	fuzz_require(map.err == 0 && map.len == size);
	if (size)
		require_map(map.text, map.len);

	node_cpulist_render(s, &list);
	fuzz_require(list.err == 0 && cpus_parse(list.text, &set) == 0);
	set = cpus_without(&set, &s->cpus.shown);
	fuzz_require(cpus_count(&set) == 0);

	snapshot_free(s);
	free(s);
	return 0;
}
