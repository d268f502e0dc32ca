/* SPDX-License-Identifier: Apache-2.0 */
/* The host's /proc/meminfo, as far as it matters to a container. */
#include "host_memory.h"

#include "base.h"
#include "parse.h"

void host_memory_parse(const char *text, struct host_memory *ret)
{
	struct host_memory h = { .available = UINT64_MAX };
	const struct key keys[] = {
		{ "MemTotal:", &h.total },
		{ "MemFree:", &h.free },
		{ "MemAvailable:", &h.available },
		{ "Mlocked:", &h.mlocked },
		{ "SwapTotal:", &h.swap_total },
		{ "SwapFree:", &h.swap_free },
		{ "HugePages_Total:", &h.huge_total },
		{ "HugePages_Free:", &h.huge_free },
		{ "Hugepagesize:", &h.huge_size },
		{ "Hugetlb:", &h.hugetlb },
		{ "CommitLimit:", &h.commit_limit },
	};
	uint64_t *const in_kb[] = {
		&h.total,     &h.free,       &h.available,
		&h.mlocked,   &h.swap_total, &h.swap_free,
		&h.huge_size, &h.hugetlb,    &h.commit_limit,
	};

	(void)parse_keys(text, keys, ARRAY_SIZE(keys));
	if (h.available == UINT64_MAX)
		h.available = h.free;
	for (size_t i = 0; i < ARRAY_SIZE(in_kb); i++)
		*in_kb[i] = mul_cap(*in_kb[i], 1024);

	*ret = h;
}
