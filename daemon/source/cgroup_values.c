/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of cgroup files beyond their text. */
#include <errno.h>

#include "cgroup.h"
#include "parse.h"
#include "str.h"

int cgroup_read_nearest(struct cgroup *cg, enum controller c, const char *name,
			struct str *out)
{
	int r = -ENOENT;

	for (unsigned i = 0; i < cgroup_levels(cg, c) && r == -ENOENT; i++)
		r = cgroup_read(cg, c, i, name, out);

	return r;
}

int cgroup_read_limit(struct cgroup *cg, enum controller c, unsigned level,
		      const char *name, uint64_t *ret)
{
	autostr struct str text = { 0 };
	int r = cgroup_read(cg, c, level, name, &text);

	if (r < 0)
		return r;

	return parse_limit(str_text(&text), ret);
}
