/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what the processes of the storm have seen. */
#include "tally.h"

#include "base.h"

static unsigned bucket_of(uint64_t ns)
{
	unsigned log, bucket;

	if (ns < BUCKETS_EACH)
		return (unsigned)ns;

	log = 63 - (unsigned)__builtin_clzll(ns) - BUCKETS_BITS;
	bucket = (log << BUCKETS_BITS) + (unsigned)(ns >> log);
	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The longest wait that is in BUCKET. */
static uint64_t bucket_end(unsigned bucket)
{
	unsigned log = bucket >> BUCKETS_BITS;

	if (log == 0)
		return bucket;

	return ((uint64_t)(bucket % BUCKETS_EACH + BUCKETS_EACH + 1)
		<< (log - 1)) -
	       1;
}

void waits_add(struct waits *w, uint64_t ns)
{
	atomic_fetch_add(&w->bucket[bucket_of(ns)], 1);
	atomic_fetch_add(&w->count, 1);
	if (ns > atomic_load(&w->worst))
		atomic_store(&w->worst, ns);
}

void waits_sum(struct waits *to, const struct waits *w)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		atomic_fetch_add(&to->bucket[i], atomic_load(&w->bucket[i]));
	atomic_fetch_add(&to->count, atomic_load(&w->count));
	if (atomic_load(&w->worst) > atomic_load(&to->worst))
		atomic_store(&to->worst, atomic_load(&w->worst));
}

uint64_t waits_percentile(const struct waits *w, double percent)
{
	double wanted = (double)atomic_load(&w->count) * percent / 100;
	uint64_t worst = atomic_load(&w->worst);
	uint64_t sum = 0;

	for (unsigned i = 0; i < BUCKETS; i++) {
		sum += atomic_load(&w->bucket[i]);
		if (sum && (double)sum >= wanted)
			return min_u64(bucket_end(i), worst);
	}

	return worst;
}

uint64_t tally_errors(const struct tally *t)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < ERRNO_MAX; i++)
		sum += atomic_load(&t->errors[i]);

	return sum;
}

bool tally_wrong(const struct tally *t)
{
	uint64_t sum = tally_errors(t);

	for (int v = RIGHT + 1; v < VERDICTS; v++)
		sum += atomic_load(&t->verdicts[v]);

	return sum > 0 || t->hung;
}
