/* SPDX-License-Identifier: Apache-2.0 */
/* The storm's readers see what is wrong, and call nothing wrong that is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "check.h"
#include "tally.h"
#include "text.h"

#define MS       UINT64_C(1000000)
#define START_MS 3600000

static struct text text;
static struct known known;
static struct reading reading;

static const struct text *text_of(const char *data)
{
	text.len = strlen(data);
	memcpy(text.data, data, text.len);
	text_parse(&text);
	return &text;
}

static const struct view *view_of(const char *path)
{
	for (int i = 0; i < VIEWS; i++)
		if (strcmp(views[i].path, path) == 0)
			return &views[i];

	fail_msg("no view %s", path);
	return NULL;
}

static void learn(const char *path, const char *data)
{
	reading.view = view_of(path);
	reading.known = &known;
	assert_null(check_learn(reading.view, text_of(data), &known));
}

static enum verdict read_at(uint64_t ms, const char *data)
{
	check_begin(&reading, (START_MS + ms) * MS);
	return check_text(&reading, text_of(data), (START_MS + ms) * MS);
}

static enum verdict read_now(const char *data)
{
	return read_at(0, data);
}

/* Two CPUs that have lived for so many ticks each. */
static const char *stat_of(unsigned long user, unsigned long idle)
{
	static char data[512];

	(void)snprintf(data, sizeof(data),
		       "cpu  %lu 0 0 %lu 0 0 0 0 0 0\n"
		       "cpu0 %lu 0 0 %lu 0 0 0 0 0 0\n"
		       "cpu1 0 0 0 0 0 0 0 0 0 0\n"
		       "intr 0 0\nctxt 0\nbtime 5\nprocesses 7\n"
		       "procs_running 3\n",
		       user, idle, user, idle);
	return data;
}

static void numbers_and_shape(void **state)
{
	uint64_t shape;

	(void)state;
	text_of("a  1.50 12\nb: 7 kB\n");
	shape = text.shape;
	assert_int_equal(text.n, 3);
	assert_int_equal(text.number[0], 150);
	assert_int_equal(text.number[1], 12);
	assert_int_equal(text_index(&text, "b:"), 2);
	assert_int_equal(text_index(&text, "c:"), NUMBERS_MAX);

	assert_int_equal(text_of("a 22.50 9\nb:     88 kB\n")->shape, shape);
	assert_int_not_equal(text_of("a 22.50 9\nb: -88 kB\n")->shape, shape);
	assert_int_not_equal(text_of("a 22.50 9\nc: 88 kB\n")->shape, shape);
	text_of("99999999999999999999");
	assert_int_equal(text.number[0], UINT64_MAX);
}

static void torn(void **state)
{
	(void)state;
	learn("proc/stat", stat_of(100, 200));
	assert_int_equal(known.n_counters, 10 + 11 + 11 + 1);
	assert_int_equal(read_now(stat_of(100, 201)), RIGHT);
	assert_int_equal(read_now("cpu  1 0\n"), TORN);
	assert_int_equal(read_now("1.00 2.00\n"), TORN);

	text_of(stat_of(100, 202));
	text.number[3]++;
	check_begin(&reading, START_MS * MS);
	assert_int_equal(check_text(&reading, &text, START_MS * MS), TORN);
	assert_string_equal(reading.why, "cpu is not the sum of its parts");

	text_of(stat_of(100, 203));
	text.data[text.len - 1] = ' ';
	check_begin(&reading, START_MS * MS);
	assert_int_equal(check_text(&reading, &text, START_MS * MS), TORN);
}

static void backwards(void **state)
{
	(void)state;
	learn("proc/vmstat", "nr_free_pages 8\npgfault 100\n");
	assert_int_equal(read_now("nr_free_pages 9\npgfault 101\n"), RIGHT);
	assert_int_equal(read_now("nr_free_pages 7\npgfault 101\n"), RIGHT);
	assert_int_equal(read_now("nr_free_pages 7\npgfault 100\n"), BACKWARDS);
	assert_int_equal(
		read_now("nr_free_pages 7\npgfault 18446744073709551615\n"),
		TORN);

	/* Who began before the other had ended may well be behind him. */
	check_begin(&reading, START_MS * MS);
	atomic_store(&known.highest[0], 500);
	assert_int_equal(check_text(&reading,
				    text_of("nr_free_pages 7\n"
					    "pgfault 101\n"),
				    START_MS * MS),
			 RIGHT);
}

/* A container that is AGE hundredths old now, as uptime has it. */
static const char *uptime_of(uint64_t age)
{
	static char data[64];

	(void)snprintf(data, sizeof(data), "%lu.%02lu 1.00\n",
		       (unsigned long)(age / 100), (unsigned long)(age % 100));
	return data;
}

static void stale(void **state)
{
	(void)state;
	learn("proc/uptime", uptime_of(1000));
	assert_int_equal(read_at(0, uptime_of(1000)), RIGHT);
	assert_int_equal(read_at(30, uptime_of(1003)), RIGHT);
	assert_int_equal(read_at(60, uptime_of(1003)), STALE);
	assert_int_equal(read_at(60, uptime_of(1006)), RIGHT);
	assert_int_equal(read_at(60, uptime_of(1009)), TORN);

	/* What is made at any time while it is read is good. */
	check_begin(&reading, (START_MS + 60) * MS);
	assert_int_equal(check_text(&reading, text_of(uptime_of(1008)),
				    (START_MS + 90) * MS),
			 RIGHT);
}

static void waits(void **state)
{
	static struct waits w;

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		waits_add(&w, i * 1000);
	assert_int_equal(w.worst, 1000000);
	assert_in_range(waits_percentile(&w, 50), 500000, 570000);
	assert_in_range(waits_percentile(&w, 99), 990000, 1000000);
	assert_int_equal(waits_percentile(&w, 100), 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_shape),
		cmocka_unit_test(torn),
		cmocka_unit_test(backwards),
		cmocka_unit_test(stale),
		cmocka_unit_test(waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
