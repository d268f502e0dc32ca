/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as the host's interrupts, softirqs and schedstat: what is made of it
 * ends, is not much longer, and has no number of the host's in its columns. */
#include "base.h"
#include "fuzz.h"
#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpu_line line = { .cpu = CPUS_MAX - 1,
				 .time = { UINT64_MAX / 4, UINT64_MAX / 4 } };
	struct snapshot *s = calloc(1, sizeof(*s));
	autostr struct str interrupts = { 0 };
	autostr struct str softirqs = { 0 };
	autostr struct str schedstat = { 0 };

	fuzz_require(s != NULL);
	s->host_interrupts = fuzz_text(data, size);
	s->host_softirqs = fuzz_text(data, size);
	s->host_schedstat = fuzz_text(data, size);
	cpus_add(&s->cpus.shown, CPUS_MAX - 1);
	s->cputime = (struct cputime){ &line, 1, 1 };

	interrupts_render(s, &interrupts);
	softirqs_render(s, &softirqs);
	schedstat_render(s, &schedstat);
	fuzz_require(interrupts.err == 0 && softirqs.err == 0 &&
		     schedstat.err == 0);
	/* A column of 11 for what was at least a colon or two bytes. */
	fuzz_require(interrupts.len <= 12 * size + 16);
	fuzz_require(softirqs.len <= 12 * size + 16);
	fuzz_require(schedstat.len <= 2 * size + 64);

	s->cputime = (struct cputime){ 0 };
	snapshot_free(s);
	free(s);
	return 0;
}
