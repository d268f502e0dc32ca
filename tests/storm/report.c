/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen, for people or for programs. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[KINDS] = {
	[KIND_OPEN] = "open, read, close",
	[KIND_SEEK] = "lseek, read",
	[KIND_17] = "17 bytes at once",
	[KIND_300] = "300 bytes at once",
};

/* Several processes together. */
struct sum {
	unsigned processes;
	unsigned hung;
	uint64_t errors;
	struct tally tally;
};

static void add(struct sum *sum, const struct tally *t)
{
	sum->processes++;
	sum->hung += t->hung;
	sum->errors += tally_errors(t);
	atomic_fetch_add(&sum->tally.cycles, atomic_load(&t->cycles));
	for (int i = 0; i < VERDICTS; i++)
		atomic_fetch_add(&sum->tally.verdicts[i],
				 atomic_load(&t->verdicts[i]));
	for (int i = 0; i < ERRNO_MAX; i++)
		atomic_fetch_add(&sum->tally.errors[i],
				 atomic_load(&t->errors[i]));
	waits_sum(&sum->tally.calls, &t->calls);
	waits_sum(&sum->tally.queued, &t->queued);
	waits_sum(&sum->tally.whole, &t->whole);
}

static uint64_t verdicts(const struct sum *sum, enum verdict verdict)
{
	return atomic_load(&sum->tally.verdicts[verdict]);
}

static double ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

static void row(const char *name, const char *also, const struct sum *sum)
{
	const struct waits *calls = &sum->tally.calls;

	printf("%-18s%-9s %5u %9" PRIu64 " %10" PRIu64 " %6" PRIu64 " %5" PRIu64
	       " %5" PRIu64 " %5" PRIu64 " %4u %8.3f %8.3f %8.3f %8.1f %8.1f\n",
	       name, also, sum->processes, atomic_load(&sum->tally.cycles),
	       atomic_load(&calls->count), sum->errors, verdicts(sum, TORN),
	       verdicts(sum, STALE), verdicts(sum, BACKWARDS), sum->hung,
	       ms(waits_percentile(calls, 50)), ms(waits_percentile(calls, 99)),
	       ms(waits_percentile(calls, 99.9)),
	       ms(atomic_load(&calls->worst)),
	       ms(atomic_load(&sum->tally.queued.worst)));
}

/* Clear, because it is large: one for all. */
static struct sum *begin(void)
{
	static struct sum sum;

	memset(&sum, 0, sizeof(sum));
	return &sum;
}

static void errors(const struct sum *sum)
{
	for (int i = 0; i < ERRNO_MAX; i++)
		if (atomic_load(&sum->tally.errors[i]))
			/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
			printf("%s: %" PRIu64 "\n", strerror(i),
			       atomic_load(&sum->tally.errors[i]));
}

void report_table(const struct tally *tallies, size_t n)
{
	struct sum *sum;

	printf("%-27s %5s %9s %10s %6s %5s %5s %5s %4s %8s %8s %8s %8s %8s\n",
	       "waits in ms, of a call", "procs", "cycles", "calls", "errors",
	       "torn", "stale", "back", "hung", "p50", "p99", "p99.9", "worst",
	       "and CPU");
	for (int k = 0; k < KINDS * 2; k++) {
		sum = begin();
		for (size_t i = 0; i < n; i++)
			if (tallies[i].kind == (enum kind)(k / 2) &&
			    tallies[i].signals == (k % 2 != 0))
				add(sum, &tallies[i]);
		if (sum->processes)
			row(kind_names[k / 2], k % 2 ? ", signals" : "", sum);
	}

	sum = begin();
	for (size_t i = 0; i < n; i++)
		add(sum, &tallies[i]);
	row("all", "", sum);
	errors(sum);
}

static void json_waits(const char *name, const struct waits *w)
{
	printf("\"%s\": {\"count\": %" PRIu64 ", \"p50\": %.4f, "
	       "\"p99\": %.4f, \"p99.9\": %.4f, \"p99.99\": %.4f, "
	       "\"worst\": %.4f}",
	       name, atomic_load(&w->count), ms(waits_percentile(w, 50)),
	       ms(waits_percentile(w, 99)), ms(waits_percentile(w, 99.9)),
	       ms(waits_percentile(w, 99.99)), ms(atomic_load(&w->worst)));
}

void report_json(const struct tally *tallies, size_t n)
{
	struct sum *sum = begin();
	const char *comma = "";

	for (size_t i = 0; i < n; i++)
		add(sum, &tallies[i]);

	printf("{\"processes\": %u, \"cycles\": %" PRIu64
	       ", \"errors\": %" PRIu64 ", \"torn\": %" PRIu64
	       ", \"stale\": %" PRIu64 ", \"backwards\": %" PRIu64
	       ", \"hung\": %u, \"errno\": {",
	       sum->processes, atomic_load(&sum->tally.cycles), sum->errors,
	       verdicts(sum, TORN), verdicts(sum, STALE),
	       verdicts(sum, BACKWARDS), sum->hung);
	for (int i = 0; i < ERRNO_MAX; i++) {
		if (!atomic_load(&sum->tally.errors[i]))
			continue;
		printf("%s\"%d\": %" PRIu64, comma, i,
		       atomic_load(&sum->tally.errors[i]));
		comma = ", ";
	}
	printf("}, \"unit\": \"ms\", ");
	json_waits("calls", &sum->tally.calls);
	printf(", ");
	json_waits("calls_and_cpu", &sum->tally.queued);
	printf(", ");
	json_waits("files", &sum->tally.whole);
	printf("}\n");
}

void report_wrong(const struct tally *tallies, size_t n, unsigned max)
{
	for (size_t i = 0; i < n && max > 0; i++) {
		const struct tally *t = &tallies[i];

		if (!atomic_load(&t->shown))
			continue;
		fprintf(stderr, "%s, %s\n%s%s", kind_names[t->kind], t->what,
			t->text, *t->text ? "--\n" : "");
		max--;
	}
}
