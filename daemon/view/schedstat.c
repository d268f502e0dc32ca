/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/schedstat: how long each shown CPU has worked for the container.
 *
 * Documentation/scheduler/sched-stats.rst. Of a cgroup only the run time is
 * known, and it is what /proc/stat shows; domains are about how the host
 * balances its load. */
#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

#define RUN_TIME   7 /* counted from 1; ns */
#define FIELDS_MAX 64

/* Append what the host says before its first CPU. Returns how many numbers that
 * has. */
static size_t head_render(struct slice rest, struct str *out)
{
	struct slice line;
	struct slice name;

	while (slice_line(&rest, &line)) {
		struct slice words = line;
		size_t n = 0;

		if (!slice_word(&words, &name))
			continue;
		if (slice_is(name, "version") || slice_is(name, "timestamp")) {
			str_add(out, line.p, line.len);
			str_add(out, "\n", 1);
			continue;
		}
		while (n < FIELDS_MAX && slice_word(&words, &name))
			n++;
		return n;
	}

	return 0;
}

void schedstat_render(const struct snapshot *in, struct str *out)
{
	const struct cputime *t = &in->cputime;
	size_t n = head_render(slice_of(str_text(&in->host_schedstat)), out);

	for (size_t i = 0; n && i < t->n; i++) {
		const uint64_t *time = t->lines[i].time;
		uint64_t used =
			time[CPU_USER] + time[CPU_NICE] + time[CPU_SYSTEM];

		str_add(out, "cpu", 3);
		str_addu(out, t->lines[i].cpu);
		for (size_t field = 1; field <= n; field++) {
			str_add(out, " ", 1);
			str_addu(out,
				 field == RUN_TIME ? mul_cap(used, 1000) : 0);
		}
		str_add(out, "\n", 1);
	}
}
