/* SPDX-License-Identifier: Apache-2.0 */
/* The memory controller's files, read by the names of their version. */
#include "memory.h"

#include <errno.h>

#include "cgroup.h"
#include "str.h"

const struct memory_files *memory_files(const struct cgroup *cg)
{
	return cgroup_is_v2(cg, CG_MEMORY) ? &memory_v2 : &memory_v1;
}

int memory_stat_read(struct cgroup *cg, unsigned level, struct memory_stat *ret)
{
	autostr struct str text = { 0 };
	struct memory_stat stat = { 0 };
	int r = cgroup_read(cg, CG_MEMORY, level, "memory.stat", &text);

	if (r < 0)
		return r;
	if (memory_files(cg)->stat_parse(str_text(&text), &stat) == 0)
		return -EINVAL;

	*ret = stat;
	return 0;
}

int memory_value_read(struct cgroup *cg, unsigned level, const char *name,
		      uint64_t *ret)
{
	int r = cgroup_read_limit(cg, CG_MEMORY, level, name, ret);

	return r == -ERANGE ? -EINVAL : r;
}
