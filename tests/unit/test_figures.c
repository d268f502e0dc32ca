/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base.h"
#include "figures.h"
#include "str.h"
#include "survey.h"
#include "tree.h"

#define BUCKET "resview_request_duration_seconds_bucket"

static const char text[] =
	"# HELP resview_requests_total 77\n"
	"resview_requests_total{view=\"proc/stat\",result=\"ok\"} 90\n"
	"resview_requests_total{view=\"proc/stat\",result=\"error\"} 1\n"
	"resview_requests_total{view=\"proc/swaps\",result=\"ok\"} 10\n" BUCKET
	"{view=\"proc/stat\",le=\"0.00002\"} 40\n" BUCKET
	"{view=\"proc/stat\",le=\"0.0005\"} 91\n" BUCKET
	"{view=\"proc/stat\",le=\"+Inf\"} 91\n" BUCKET
	"{view=\"proc/swaps\",le=\"0.00002\"} 4\n" BUCKET
	"{view=\"proc/swaps\",le=\"0.0005\"} 9\n" BUCKET
	"{view=\"proc/swaps\",le=\"+Inf\"} 10\n"
	"resview_worker_restarts_total{reason=\"crashed\"} 3\n"
	"resview_worker_restarts_total{reason=\"hung\"} 4\n"
	"resview_worker_restarts_total{reason=\"reloaded\"} 5\n"
	"resview_worker_restarts_total{reason=\"other\"} 6\n"
	"resview_requests_poisoned_total 7\n"
	"resview_remount_runs_total 8\n"
	"resview_remount_views_total{result=\"repaired\"} 9\n"
	"resview_remount_views_total{result=\"failed\"} 11\n";

static void takes_what_it_shows(void **state)
{
	autostr struct str out = { 0 };
	struct figures f;

	(void)state;
	figures_parse(text, &f);
	assert_int_equal(f.reads, 101);
	assert_int_equal(f.errors, 1);
	assert_int_equal(f.nbuckets, 3);
	assert_true(figures_within(&f, 40) == 20000);
	assert_true(figures_within(&f, 50) == 500000);
	assert_true(figures_within(&f, 100) == UINT64_MAX);

	figures_show(&f, &out);
	assert_string_equal(str_text(&out),
			    "served: 101 reads, 1 failed, p50 within 500 us, "
			    "p99 within 500 us\n"
			    "workers: 3 crashed, 4 hung, 5 reloaded; "
			    "7 poisoned requests; 8 repairs: 9 views, "
			    "11 failed\n");
	str_reset(&out);
	figures_json(&f, &out);
	assert_string_equal(str_text(&out),
			    "\"metrics\":{\"reads\":101,\"read_errors\":1,"
			    "\"workers_crashed\":3,\"workers_hung\":4,"
			    "\"workers_reloaded\":5,\"workers_refused\":0,"
			    "\"requests_poisoned\":7,\"remount_runs\":8,"
			    "\"views_repaired\":9,\"views_failed\":11,"
			    "\"read_p50_ns\":500000,\"read_p99_ns\":500000}");
}

static void nothing_is_nothing(void **state)
{
	autostr struct str out = { 0 };
	struct figures f = { 0 };

	(void)state;
	figures_show(&f, &out);
	assert_string_equal(str_text(&out), "");
	figures_json(&f, &out);
	assert_string_equal(str_text(&out), "\"metrics\":null");

	figures_parse("", &f);
	assert_true(f.known);
	assert_int_equal(figures_within(&f, 99), 0);
	str_reset(&out);
	figures_show(&f, &out);
	assert_string_equal(str_text(&out),
			    "served: 0 reads, 0 failed\n"
			    "workers: 0 crashed, 0 hung, 0 reloaded; "
			    "0 poisoned requests; 0 repairs: 0 views, "
			    "0 failed\n");
}

/* Another file system may be mounted there. */
static void nonsense_is_passed_over(void **state)
{
	static const char *const wrong[] = {
		"resview_requests_total{view=\"a\",result=\"ok\"} -1\n",
		"resview_requests_total{view=\"a\",result=\"ok\"} 1.5\n",
		"resview_requests_total{view=\"a\",result=\"ok\"}\n",
		"resview_requests_totals 1\n",
		"{} 1\n",
		BUCKET "{le=\"0.x\"} 1\n",
		BUCKET "{le=\"\"} 1\n",
		BUCKET "{le=0.5} 1\n",
		BUCKET "{le 1\n",
		BUCKET " 1\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct figures f;

		figures_parse(wrong[i], &f);
		assert_int_equal(f.reads, 0);
		assert_int_equal(f.nbuckets, 0);
	}
}

static void there_is_room_for_so_many_buckets(void **state)
{
	autostr struct str many = { 0 };
	struct figures f;

	(void)state;
	for (int i = 2 * FIGURE_BUCKETS; i > 0; i--)
		str_addf(&many, BUCKET "{le=\"%d\"} 18446744073709551615\n", i);
	figures_parse(str_text(&many), &f);
	assert_int_equal(f.nbuckets, FIGURE_BUCKETS);
	for (size_t i = 1; i < f.nbuckets; i++)
		assert_true(f.buckets[i].ns > f.buckets[i - 1].ns);
}

static void asks_who_serves(void **state)
{
	struct tree tree;
	struct survey s = { .timeout_ms = 60000 };

	(void)state;
	tree_make(&tree);
	figures_read(&s); /* nothing is mounted */
	assert_false(s.figures.known);
	s.mountpoint = tree.path;
	figures_read(&s); /* one of before, or who may not see it */
	assert_false(s.figures.known);
	tree_write(&tree, "metrics", "%s", text);
	s.answer = -1;
	figures_read(&s);
	assert_false(s.figures.known);
	s.answer = 0;
	figures_read(&s);
	assert_true(s.figures.known);
	assert_int_equal(s.figures.poisoned, 7);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_it_shows),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(nonsense_is_passed_over),
		cmocka_unit_test(there_is_room_for_so_many_buckets),
		cmocka_unit_test(asks_who_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
