/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/softirqs: the host's rows, nothing counted.
 *
 * Format: fs/proc/softirqs.c. Nobody counts them for a cgroup; the softirq line
 * of /proc/stat says the same. */
#include <string.h>

#include "base.h"
#include "columns.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

void softirqs_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_softirqs));
	size_t n = cpus_count(&in->cpus.shown);
	struct slice line;

	if (!slice_line(&rest, &line))
		return;

	str_add(out, line.p, min_u64(strspn(line.p, " "), line.len));
	columns_heads(&in->cpus.shown, out);
	str_add(out, "\n", 1);

	while (slice_line(&rest, &line)) {
		const char *colon = memchr(line.p, ':', line.len);

		if (!colon)
			continue;
		str_add(out, line.p, (size_t)(colon + 1 - line.p));
		columns_zeros(n, out);
		str_add(out, "\n", 1);
	}
}
