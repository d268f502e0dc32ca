/* SPDX-License-Identifier: Apache-2.0 */
/* node/nodeN/numastat: every name the host has. Where pages came from is
 * counted for the machine only (Documentation/admin-guide/numastat.rst). */
#include "parse.h"
#include "snapshot.h"
#include "view.h"

void node_numastat_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_node));
	struct slice line;
	struct slice name;

	while (slice_line(&rest, &line)) {
		if (!slice_word(&line, &name))
			continue;
		str_add(out, name.p, name.len);
		str_add(out, " 0\n", 3);
	}
}
