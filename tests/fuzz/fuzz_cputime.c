/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel counters, clocks and CPU sets that do as they like: no line and no sum
 * goes back, but when all begin anew. */
#include <string.h>

#include "base.h"
#include "cputime.h"
#include "fuzz.h"

#define CPUS 8

struct shown {
	uint64_t line[CPUS][CPU_FIELDS];
	uint64_t sum[CPU_FIELDS];
};

/* Take up to eight bytes as a number. */
static uint64_t take(const uint8_t **data, size_t *size)
{
	uint64_t value = 0;
	size_t n = min_u64(*size, 1 + (*size ? **data % 8 : 0));

	memcpy(&value, *data, n);
	*data += n;
	*size -= n;
	return value;
}

static void check(const struct container_state *state, const struct cpus *set,
		  struct shown *last)
{
	const struct cputime_cpu *cpu = cputime_cpus(state);

	for (int f = 0; f < CPU_FIELDS; f++) {
		uint64_t sum = 0;

		for (unsigned i = cpus_next(set, 0); i < CPUS;
		     i = cpus_next(set, i + 1)) {
			fuzz_require(cpu[i].time[f] >= last->line[i][f]);
			last->line[i][f] = cpu[i].time[f];
			sum += cpu[i].time[f] / USEC_PER_TICK;
		}
		fuzz_require(sum >= last->sum[f]);
		last->sum[f] = sum;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container_state *state = calloc(1, container_state_size(CPUS));
	struct cpu_time cpu[CPUS] = { 0 };
	struct cpu_usage usage = { .cpu = cpu, .n = CPUS };
	struct shown last = { 0 };
	uint64_t now = 1;

	fuzz_require(state != NULL);
	state->cputime_cpus = CPUS;
	for (int steps = 0; size && steps < 64; steps++) {
		struct cpus set = { .bits = { take(&data, &size) & 0xff } };
		struct cputime_reading r = { .shown = &set, .usage = &usage };

		/* Less than what makes them begin anew, with 64 doublings. */
		now += take(&data, &size) % 100000;
		r.now = now;
		r.period = take(&data, &size);
		usage.used = take(&data, &size);
		usage.user = take(&data, &size);
		usage.nice = take(&data, &size);
		usage.system = take(&data, &size);
		usage.throttled = take(&data, &size);
		cpu[steps % CPUS].user = take(&data, &size);
		cpu[steps % CPUS].system = take(&data, &size);

		if (steps > 20 || cpus_count(&set) == 0)
			set = (struct cpus){ .bits = { 0x3 } };
		fuzz_require(cputime_step(state, &r) == 0);
		check(state, &set, &last);
	}
	free(state);
	return 0;
}
