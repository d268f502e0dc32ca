/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>

#include "base.h"
#include "counters.h"
#include "view.h"

struct fixture {
	int fd;
	struct control *control;
	struct counters c;
};

static int setup(void **state)
{
	static struct fixture f;

	*state = &f;
	f.fd = control_create(7);
	if (f.fd < 0 || control_map(f.fd, &f.control) < 0)
		return -1;
	counters_open(&f.c, f.control);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	control_unmap(f->control);
	close(f->fd);
	return 0;
}

static size_t index_of(const struct view *view)
{
	size_t n;

	return (size_t)(view - views_all(&n));
}

/* A READ of PATH in slot INDEX that took NS and ended with ERROR. */
static void answered(struct fixture *f, unsigned index, const char *path,
		     uint64_t ns, int error)
{
	const struct answered a = {
		.opcode = FUSE_READ,
		.view = path ? view_find(path, NULL) : NULL,
		.ns = ns,
		.error = error,
	};

	counters_answered(&f->c, &f->control->slots[index], &a);
}

static struct count_sum sum_of(const struct counters *c, const char *path)
{
	struct count_sum sum;

	if (path)
		counters_sum_row(c, index_of(view_find(path, NULL)), &sum);
	else
		counters_sum_rest(c, &sum);
	return sum;
}

static void buckets_end_where_they_say(void **state)
{
	struct fixture *f = *state;

	assert_true(counters_bucket(0) == 10000);
	assert_true(counters_bucket(COUNT_BUCKETS - 2) == NSEC_PER_SEC);
	assert_true(counters_bucket(COUNT_BUCKETS - 1) == UINT64_MAX);
	for (size_t i = 0; i < COUNT_BUCKETS; i++) {
		struct count_sum sum;

		assert_true(i == 0 ||
			    counters_bucket(i) > counters_bucket(i - 1));
		answered(f, 0, "proc/stat", counters_bucket(i), 0);
		sum = sum_of(&f->c, "proc/stat");
		assert_int_equal(sum.buckets[i], 1);
		assert_int_equal(sum.count, i + 1);
	}

	answered(f, 0, "proc/uptime", 0, 0);
	answered(f, 0, "proc/uptime", 10001, 0);
	assert_int_equal(sum_of(&f->c, "proc/uptime").buckets[0], 1);
	assert_int_equal(sum_of(&f->c, "proc/uptime").buckets[1], 1);
	assert_int_equal(sum_of(&f->c, "proc/uptime").ns, 10001);
}

static void slots_are_added_up(void **state)
{
	struct fixture *f = *state;
	struct count_sum sum;

	answered(f, 0, "proc/meminfo", 1000, 0);
	answered(f, SLOTS_MAX - 1, "proc/meminfo", 2000, EIO);
	answered(f, 5, NULL, 4000, 0);
	counters_event(&f->control->slots[3], EVENT_BARE_OPEN);
	counters_event(&f->control->slots[4], EVENT_BARE_OPEN);

	sum = sum_of(&f->c, "proc/meminfo");
	assert_int_equal(sum.count, 2);
	assert_int_equal(sum.errors, 1);
	assert_int_equal(sum.ns, 3000);
	assert_int_equal(sum_of(&f->c, "proc/stat").count, 0);
	assert_int_equal(sum_of(&f->c, NULL).count, 1);
	counters_sum_op(&f->c, OP_READ, &sum);
	assert_int_equal(sum.count, 3);
	assert_int_equal(sum.ns, 7000);
	counters_sum_op(&f->c, OP_OPEN, &sum);
	assert_int_equal(sum.count, 0);
	assert_int_equal(counters_sum_event(&f->c, EVENT_BARE_OPEN), 2);
	assert_int_equal(counters_sum_event(&f->c, EVENT_TEXT_DROPPED), 0);
}

static void kinds_are_told_apart(void **state)
{
	struct fixture *f = *state;
	static const struct {
		uint32_t opcode;
		enum counted_op op;
	} kinds[] = {
		{ FUSE_LOOKUP, OP_LOOKUP },   { FUSE_OPEN, OP_OPEN },
		{ FUSE_RELEASE, OP_RELEASE }, { FUSE_READDIRPLUS, OP_READDIR },
		{ FUSE_FORGET, OP_OTHER },    { 4711, OP_OTHER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct answered a = { .opcode = kinds[i].opcode };
		struct count_sum before;
		struct count_sum after;

		counters_sum_op(&f->c, kinds[i].op, &before);
		counters_answered(&f->c, &f->control->slots[0], &a);
		counters_sum_op(&f->c, kinds[i].op, &after);
		assert_int_equal(after.count, before.count + 1);
	}
	assert_int_equal(sum_of(&f->c, NULL).count, 0); /* READs only */
}

/* Another worker, and one of a build with other views, goes on with them. */
static void they_go_on(void **state)
{
	struct fixture *f = *state;
	struct counters other;
	struct control *again;

	answered(f, 0, "proc/meminfo", 1000, 0);
	assert_int_equal(control_map(f->fd, &again), 0);
	counters_open(&other, again);
	assert_memory_equal(other.row, f->c.row, sizeof(other.row));
	assert_int_equal(sum_of(&other, "proc/meminfo").count, 1);

	/* In another order, with one that we do not know. */
	for (int i = 1; i < COUNT_ROWS; i++)
		again->count_keys[i] = 0;
	again->count_keys[1] = hash_text("proc/of/another/build");
	counters_open(&other, again);
	assert_int_equal(other.row[0], 2);
	again->count_keys[1] = hash_text("proc/stat");
	again->count_keys[2] = 1;
	counters_open(&other, again);
	assert_int_equal(other.row[index_of(view_find("proc/stat", NULL))], 1);
	control_unmap(again);
}

static void too_many_views_share_a_row(void **state)
{
	struct fixture *f = *state;

	for (int i = 1; i < COUNT_ROWS; i++)
		f->control->count_keys[i] = (uint64_t)i;
	counters_open(&f->c, f->control);
	answered(f, 0, "proc/stat", 1, 0);
	answered(f, 0, "proc/meminfo", 1, 0);
	assert_int_equal(sum_of(&f->c, NULL).count, 2);
	assert_int_equal(sum_of(&f->c, "proc/stat").count, 0);
}

/* What the table has today must fit, and leave some room. */
static void all_views_have_a_row(void **state)
{
	const struct fixture *f = *state;
	size_t n;

	(void)views_all(&n);
	assert_true(n < COUNT_ROWS);
	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(f->c.row[i], 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(buckets_end_where_they_say), TEST(slots_are_added_up),
		TEST(kinds_are_told_apart),       TEST(they_go_on),
		TEST(too_many_views_share_a_row), TEST(all_views_have_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
