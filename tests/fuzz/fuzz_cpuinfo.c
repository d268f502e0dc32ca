/* SPDX-License-Identifier: Apache-2.0 */
/* The host's cpuinfo and stat of any kind: the files made of them end, and are
 * not much longer than what they are made of. */
#include "base.h"
#include "fuzz.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpu_line lines[2] = { { .cpu = 1 }, { .cpu = CPUS_MAX - 1 } };
	struct snapshot *s = calloc(1, sizeof(*s));
	autostr struct str cpuinfo = { 0 };
	autostr struct str stat = { 0 };

	fuzz_require(s != NULL);
	s->host_cpuinfo = fuzz_text(data, size);
	fuzz_require(cpuinfo_parse((struct slice){ str_text(&s->host_cpuinfo),
						   s->host_cpuinfo.len },
				   &s->cpuinfo) == 0);
	host_stat_parse((struct slice){ (const char *)data, size },
			&s->host_stat);
	for (unsigned i = 0; i < 8; i++)
		if (size & (1U << i))
			cpus_add(&s->cpus.shown, i);
	for (int f = 0; f < CPU_FIELDS; f++)
		lines[1].time[f] = UINT64_MAX;
	s->cputime = (struct cputime){ lines, 2, 2 };

	cpuinfo_render(s, &cpuinfo);
	stat_render(s, &stat);
	fuzz_require(cpuinfo.err == 0 && stat.err == 0);
	/* A number of at most two digits for one of at least none. */
	fuzz_require(cpuinfo.len <= 3 * size + 1);

	s->cputime = (struct cputime){ 0 };
	snapshot_free(s);
	free(s);
	return 0;
}
