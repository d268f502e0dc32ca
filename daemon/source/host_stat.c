/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the host's /proc/stat that are not of a CPU. */
#include "host_stat.h"

#include "base.h"
#include "parse.h"

void host_stat_parse(struct slice text, struct host_stat *ret)
{
	struct host_stat s = { 0 };
	struct slice line;
	struct slice name;

	while (slice_line(&text, &line)) {
		if (line.len && *line.p == 'c')
			continue; /* cpu, ctxt */
		if (!slice_word(&line, &name))
			continue;

		if (slice_is(name, "intr"))
			s.intr = (uint32_t)slice_words(line);
		else if (slice_is(name, "softirq"))
			s.softirq = (uint32_t)slice_words(line);
		else if (slice_is(name, "btime"))
			(void)slice_next_u64(&line, &s.btime);
	}

	*ret = s;
}
