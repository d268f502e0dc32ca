/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of meminfo add up, whatever they are made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base.h"
#include "memory_make.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

#define ROUNDS 50000
#define KIB    1024ULL
#define MIB    (1ULL << 20)
#define GIB    (1ULL << 30)

/* xorshift64*: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ULL;
}

/* Numbers of all sizes, and often an extreme one. */
static uint64_t next_value(uint64_t *state)
{
	static const uint64_t extremes[] = {
		0,          1,          1023,           4095,
		4096,       UINT64_MAX, UINT64_MAX - 1, INT64_MAX,
		1ULL << 63, 64 * MIB,   24 * GIB,       9223372036854771712ULL,
	};
	uint64_t pick = next_random(state);

	if (pick % 4 == 0)
		return extremes[(pick >> 8) % ARRAY_SIZE(extremes)];

	return next_random(state) >> (pick >> 8) % 64;
}

static void fill(void *at, size_t size, uint64_t *state)
{
	for (size_t i = 0; i < size / sizeof(uint64_t); i++) {
		uint64_t value = next_value(state);

		memcpy((char *)at + i * sizeof(value), &value, sizeof(value));
	}
}

static struct memory_raw random_raw(uint64_t *state)
{
	struct memory_raw raw = { 0 };

	fill(&raw.host, sizeof(raw.host), state);
	fill(&raw.stat, sizeof(raw.stat), state);
	fill(raw.room, sizeof(raw.room), state);
	raw.rooms = next_random(state) % 4;
	raw.host.total = max_u64(raw.host.total, 1);
	raw.swap_limit = next_value(state);
	raw.swap_used = next_value(state);
	raw.huge_limit = next_value(state);
	raw.huge_used = next_value(state);
	raw.huge_other_limit = next_value(state);
	raw.overcommit_ratio = next_value(state);
	raw.swap_at_least_used = next_random(state) % 2;
	raw.no_swap = next_random(state) % 8 == 0;
	return raw;
}

static void assert_adds_up(const struct memory *m)
{
	assert_true(m->cached <= m->total);
	assert_true(m->slab_reclaimable <= m->total - m->cached);
	assert_true(m->free <= m->total - m->cached - m->slab_reclaimable);
	assert_true(m->available > 0);
	assert_true(m->available <= m->total);
	assert_true(m->shmem <= m->cached);
	assert_true(m->swap_free <= m->swap_total);
	assert_true(m->swap_cached <= m->swap_total - m->swap_free);
	assert_true(m->huge_free <= m->huge_total);
}

/* And as a reader sees them, after rounding. */
static void assert_text_adds_up(const struct memory *m, struct snapshot *s)
{
	uint64_t v[16] = { 0 };
	const struct key keys[] = {
		{ "MemTotal:", &v[0] },     { "MemFree:", &v[1] },
		{ "MemAvailable:", &v[2] }, { "Buffers:", &v[3] },
		{ "Cached:", &v[4] },       { "SwapCached:", &v[5] },
		{ "Active:", &v[6] },       { "Active(anon):", &v[7] },
		{ "Active(file):", &v[8] }, { "SwapTotal:", &v[9] },
		{ "SwapFree:", &v[10] },    { "Shmem:", &v[11] },
		{ "Slab:", &v[12] },        { "SReclaimable:", &v[13] },
		{ "SUnreclaim:", &v[14] },  { "Bounce:", &v[15] },
	};
	autostr struct str out = { 0 };

	s->memory = *m;
	meminfo_render(s, &out);
	assert_int_equal(parse_keys(str_text(&out), keys, ARRAY_SIZE(keys)),
			 ARRAY_SIZE(keys));

	assert_true(v[1] + v[3] + v[4] + v[13] <= v[0]);
	assert_true(v[2] > 0 && v[2] <= v[0]);
	assert_true(v[4] >= v[11]);
	assert_true(v[5] <= v[9] - v[10] && v[10] <= v[9]);
	assert_true(v[6] == v[7] + v[8]);
	assert_true(v[12] == v[13] + v[14]);
	assert_true(v[3] == 0 && v[15] == 0);
}

static void random_input_adds_up(void **state)
{
	uint64_t seed = 20261121;
	struct snapshot s = { 0 };

	(void)state;
	str_adds(&s.host_meminfo,
		 "MemTotal: 1 kB\nMemFree: 1 kB\nMemAvailable: 1 kB\n"
		 "Buffers: 1 kB\nCached: 1 kB\nSwapCached: 1 kB\nActive: 1 kB\n"
		 "Active(anon): 1 kB\nActive(file): 1 kB\nSwapTotal: 1 kB\n"
		 "SwapFree: 1 kB\nShmem: 1 kB\nSlab: 1 kB\nSReclaimable: 1 kB\n"
		 "SUnreclaim: 1 kB\nBounce: 1 kB\n");

	for (size_t i = 0; i < ROUNDS; i++) {
		struct memory_raw raw = random_raw(&seed);
		struct memory m;

		memory_make(&raw, &m);
		assert_adds_up(&m);
		if (i % 10 == 0)
			assert_text_adds_up(&m, &s);
	}

	snapshot_free(&s);
}

/* sqrt(16 kB * size) plus a quarter, or 0.1 % of the size where that is more,
 * worked out by hand. */
static void watermark_follows_the_kernel(void **state)
{
	(void)state;
	assert_int_equal(memory_low_watermark(0), 160 * 1024);
	assert_int_equal(memory_low_watermark(64 * MIB), 1280 * 1024);
	assert_int_equal(memory_low_watermark(GIB), (4096 + 1048) * 1024);
	assert_int_equal(memory_low_watermark(16 * GIB),
			 (16384 + 16777) * 1024);
	assert_true(memory_low_watermark(UINT64_MAX) < UINT64_MAX / 2);
}

static void half_of_the_cache_stays_reclaimable(void **state)
{
	struct memory_room room = { .limit = GIB, .file = 4 * MIB };

	(void)state;
	assert_int_equal(memory_reclaimable(&room), 2 * MIB);
	room.file = 100 * MIB;
	assert_int_equal(memory_reclaimable(&room), 100 * MIB - 5144 * KIB);
	room.slab = 20 * MIB;
	assert_int_equal(memory_reclaimable(&room), 120 * MIB - 10288 * KIB);
}

/* A host of 8 GiB that has 6 left, and no container's limit. */
static struct memory_raw plain(void)
{
	return (struct memory_raw){
		.host = { .total = 8 * GIB,
			  .free = 6 * GIB,
			  .available = 7 * GIB,
			  .swap_total = 4 * GIB,
			  .swap_free = 3 * GIB },
		.swap_limit = NO_LIMIT,
		.huge_limit = NO_LIMIT,
		.huge_other_limit = NO_LIMIT,
		.overcommit_ratio = 50,
	};
}

static void no_limit_shows_the_host(void **state)
{
	struct memory_raw raw = plain();
	struct memory m;

	(void)state;
	raw.stat.anon = 10 * MIB;
	memory_make(&raw, &m);
	assert_int_equal(m.total, 8 * GIB);
	assert_int_equal(m.free, 6 * GIB);
	assert_int_equal(m.available, 7 * GIB);
	assert_int_equal(m.swap_total, 4 * GIB);
	assert_int_equal(m.swap_free, 3 * GIB);
	assert_int_equal(m.anon, 10 * MIB);
	assert_int_equal(m.commit_limit, 8 * GIB);
}

/* Huge pages are not promised, a limit in kB makes the ratio read 0. */
static void no_more_is_promised_than_by_the_host(void **state)
{
	struct memory_raw raw = plain();
	struct memory m;

	(void)state;
	raw.host.commit_limit = 7 * GIB;
	memory_make(&raw, &m);
	assert_int_equal(m.commit_limit, 7 * GIB);

	raw.overcommit_ratio = 0;
	memory_make(&raw, &m);
	assert_int_equal(m.commit_limit, 7 * GIB);

	raw.room[0] = (struct memory_room){ .limit = GIB };
	raw.rooms = 1;
	memory_make(&raw, &m);
	assert_int_equal(m.commit_limit, 5 * GIB);

	raw.host.commit_limit = 4 * GIB;
	memory_make(&raw, &m);
	assert_int_equal(m.commit_limit, 4 * GIB);
}

static void the_tightest_level_counts(void **state)
{
	struct memory_raw raw = plain();
	struct memory m;

	(void)state;
	raw.room[0] = (struct memory_room){ .limit = GIB, .usage = 100 * MIB };
	raw.room[1] = (struct memory_room){ .limit = 2 * GIB,
					    .usage = 2 * GIB - 50 * MIB,
					    .file = 40 * MIB };
	raw.rooms = 2;
	memory_make(&raw, &m);
	assert_int_equal(m.total, GIB);
	assert_int_equal(m.free, 50 * MIB);
	assert_int_equal(m.available,
			 50 * MIB + memory_reclaimable(&raw.room[1]));
}

static void over_the_limit_is_nothing_free(void **state)
{
	struct memory_raw raw = plain();
	struct memory m;

	(void)state;
	raw.room[0] =
		(struct memory_room){ .limit = 64 * MIB, .usage = 65 * MIB };
	raw.rooms = 1;
	raw.swap_limit = 10 * MIB;
	raw.swap_used = 11 * MIB;
	raw.stat.swap_cached = 20 * MIB;
	memory_make(&raw, &m);
	assert_int_equal(m.free, 0);
	assert_int_equal(m.available, 4096);
	assert_int_equal(m.swap_free, 0);
	assert_int_equal(m.swap_total, 10 * MIB);
	assert_int_equal(m.swap_cached, 10 * MIB);

	raw.swap_at_least_used = true;
	memory_make(&raw, &m);
	assert_int_equal(m.swap_total, 11 * MIB);

	raw.no_swap = true;
	memory_make(&raw, &m);
	assert_int_equal(m.swap_total, 0);
	assert_int_equal(m.swap_cached, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_input_adds_up),
		cmocka_unit_test(watermark_follows_the_kernel),
		cmocka_unit_test(half_of_the_cache_stays_reclaimable),
		cmocka_unit_test(no_limit_shows_the_host),
		cmocka_unit_test(no_more_is_promised_than_by_the_host),
		cmocka_unit_test(the_tightest_level_counts),
		cmocka_unit_test(over_the_limit_is_nothing_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
