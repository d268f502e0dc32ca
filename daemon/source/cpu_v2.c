/* SPDX-License-Identifier: Apache-2.0 */
/* CPU time as cgroup v2 counts it: cpu.stat, there even where the controller is
 * not enabled. */
#include <errno.h>

#include "base.h"
#include "cgroup.h"
#include "cpu.h"
#include "cpu_own.h"
#include "parse.h"
#include "str.h"

int cpu_stat_parse(const char *text, struct cpu_usage *ret)
{
	struct cpu_usage u = { 0 };
	uint64_t found = UINT64_MAX;
	const struct key keys[] = {
		{ "user_usec", &found },
		{ "nice_usec", &u.nice },
		{ "system_usec", &u.system },
		{ "throttled_usec", &u.throttled },
	};

	(void)parse_keys(text, keys, ARRAY_SIZE(keys));
	if (found == UINT64_MAX)
		return -EINVAL;

	u.user = found;
	*ret = u;
	return 0;
}

int cpu_v2_usage_read(struct cgroup *cg, struct cpu_usage *ret)
{
	autostr struct str text = { 0 };
	int r = cpu_own_read(cg, CG_CPUACCT, "cpu.stat", &text);

	return r < 0 ? r : cpu_stat_parse(str_text(&text), ret);
}

int cpu_v2_used_read(struct cgroup *cg, uint64_t *ret)
{
	autostr struct str text = { 0 };
	uint64_t used = UINT64_MAX;
	const struct key key = { "usage_usec", &used };
	int r = cpu_own_read(cg, CG_CPUACCT, "cpu.stat", &text);

	if (r < 0)
		return r;
	if (parse_keys(str_text(&text), &key, 1) == 0)
		return -EINVAL;

	*ret = used;
	return 0;
}
