/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>

#include "backoff.h"
#include "base.h"
#include "life.h"
#include "watch.h"

static void deaths_are_forgiven_ten_times(void **state)
{
	unsigned debt = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		debt = backoff_debt(debt, 0);
		assert_int_equal(backoff_delay(debt), 0);
	}
	debt = backoff_debt(debt, 0);
	assert_int_equal(backoff_delay(debt), 10);
	debt = backoff_debt(debt, 49);
	assert_int_equal(backoff_delay(debt), 20);
}

static void nobody_waits_for_more_than_two_seconds(void **state)
{
	unsigned debt = 0;
	unsigned last = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		debt = backoff_debt(debt, 0);
		assert_true(backoff_delay(debt) >= last);
		last = backoff_delay(debt);
	}
	assert_int_equal(last, 2000);
}

static void life_pays_for_death(void **state)
{
	unsigned debt = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		debt = backoff_debt(debt, 50);
		assert_int_equal(debt, 0);
	}
	for (int i = 0; i < 100; i++)
		debt = backoff_debt(debt, 0);
	assert_int_equal(backoff_delay(backoff_debt(debt, 60000)), 0);
	assert_int_equal(backoff_debt(UINT32_MAX, UINT64_MAX), 0);
}

static void the_third_look_counts(void **state)
{
	struct watch w = { 0 };

	(void)state;
	assert_false(watch_look(&w, 4, 1, 77));
	assert_false(watch_look(&w, 4, 1, 77));
	assert_true(watch_look(&w, 4, 1, 77));
	assert_false(watch_look(&w, 4, 1, 77));
	assert_false(watch_look(&w, 4, 1, 77));
	assert_true(watch_look(&w, 4, 1, 77));
}

static void only_the_same_request_of_the_same_worker_counts(void **state)
{
	struct watch w = { 0 };

	(void)state;
	for (uint64_t i = 1; i < 10; i++)
		assert_false(watch_look(&w, 0, 1, i));
	for (uint32_t i = 1; i < 10; i++)
		assert_false(watch_look(&w, 1, i, 77));
	for (unsigned i = 0; i < SLOTS_MAX; i++)
		assert_false(watch_look(&w, i, 1, 78));
	for (int i = 0; i < 10; i++)
		assert_false(watch_look(&w, 2, 1, 0));

	assert_false(watch_look(&w, 3, 1, 77));
	assert_false(watch_look(&w, 3, 1, 77));
	assert_false(watch_look(&w, 3, 1, 0));
	assert_false(watch_look(&w, 3, 1, 77));
}

static void an_end_is_described(void **state)
{
	struct life l = LIFE_NONE;

	(void)state;
	l.ended = true;
	l.status = SIGSEGV | 0x80; /* a core was dumped */
	assert_string_equal(life_describe(&l).text,
			    "was killed by signal 11 (SEGV)");
	assert_false(life_exited(&l, WORKER_GONE));
	l.status = 64;
	assert_string_equal(life_describe(&l).text,
			    "was killed by signal 64 (?)");
	l.status = WORKER_GONE << 8;
	assert_string_equal(life_describe(&l).text, "has ended with 3");
	assert_true(life_exited(&l, WORKER_GONE));
	l.status = -1;
	assert_string_equal(life_describe(&l).text, "has ended");
	assert_false(life_exited(&l, WORKER_GONE));
}

static void a_report_is_one_byte(void **state)
{
	struct life l = LIFE_NONE;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	l.report = ends[0];
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(life_report(&l), 1);
	close(ends[1]);
	assert_true(life_report(&l) < 0);
	life_close(&l);
	assert_int_equal(l.report, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deaths_are_forgiven_ten_times),
		cmocka_unit_test(nobody_waits_for_more_than_two_seconds),
		cmocka_unit_test(life_pays_for_death),
		cmocka_unit_test(the_third_look_counts),
		cmocka_unit_test(
			only_the_same_request_of_the_same_worker_counts),
		cmocka_unit_test(an_end_is_described),
		cmocka_unit_test(a_report_is_one_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
