/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base.h"
#include "counters.h"
#include "metrics_text.h"
#include "str.h"

static void values_and_labels(void **state)
{
	autostr struct str out = { 0 };
	const struct labels none = { 0 };
	const struct labels one = { .key = "view", .value = "proc/stat" };
	const struct labels two = { "view", "proc/stat", "result", "ok" };

	(void)state;
	metric_family(&out, "a_total", "counter", "Things.");
	metric_u64(&out, "a_total", &none, 0);
	metric_u64(&out, "a_total", &one, UINT64_MAX);
	metric_u64(&out, "a_total", &two, 7);
	assert_string_equal(str_text(&out),
			    "# HELP a_total Things.\n"
			    "# TYPE a_total counter\n"
			    "a_total 0\n"
			    "a_total{view=\"proc/stat\"} 18446744073709551615\n"
			    "a_total{view=\"proc/stat\",result=\"ok\"} 7\n");
}

static void labels_are_escaped(void **state)
{
	autostr struct str out = { 0 };
	const struct labels l = { .key = "version",
				  .value = "1\"\\\n{},\xc3\xa4" };

	(void)state;
	metric_u64(&out, "x", &l, 1);
	assert_string_equal(str_text(&out),
			    "x{version=\"1\\\"\\\\\\n{},\xc3\xa4\"} 1\n");
}

static void seconds(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "x 0\n" },
		{ 1, "x 0.000000001\n" },
		{ 10000, "x 0.00001\n" },
		{ 500000000, "x 0.5\n" },
		{ NSEC_PER_SEC, "x 1\n" },
		{ 12 * NSEC_PER_SEC + 30, "x 12.00000003\n" },
		{ UINT64_MAX, "x 18446744073.709551615\n" },
	};
	const struct labels none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autostr struct str out = { 0 };

		metric_seconds(&out, "x", &none, cases[i].ns);
		assert_string_equal(str_text(&out), cases[i].text);
	}
}

static void a_histogram_adds_up(void **state)
{
	autostr struct str out = { 0 };
	const struct labels l = { .key = "view", .value = "v" };
	const struct count_sum sum = {
		.buckets = { 1, 0, 2, [COUNT_BUCKETS - 1] = 4 },
		.count = 7,
		.ns = 1500000000,
	};

	(void)state;
	metric_histogram(&out, "h", &l, &sum);
	assert_string_equal(str_text(&out),
			    "h_bucket{view=\"v\",le=\"0.00001\"} 1\n"
			    "h_bucket{view=\"v\",le=\"0.00002\"} 1\n"
			    "h_bucket{view=\"v\",le=\"0.00005\"} 3\n"
			    "h_bucket{view=\"v\",le=\"0.0001\"} 3\n"
			    "h_bucket{view=\"v\",le=\"0.0002\"} 3\n"
			    "h_bucket{view=\"v\",le=\"0.0005\"} 3\n"
			    "h_bucket{view=\"v\",le=\"0.001\"} 3\n"
			    "h_bucket{view=\"v\",le=\"0.01\"} 3\n"
			    "h_bucket{view=\"v\",le=\"0.1\"} 3\n"
			    "h_bucket{view=\"v\",le=\"1\"} 3\n"
			    "h_bucket{view=\"v\",le=\"+Inf\"} 7\n"
			    "h_sum{view=\"v\"} 1.5\n"
			    "h_count{view=\"v\"} 7\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_labels),
		cmocka_unit_test(labels_are_escaped),
		cmocka_unit_test(seconds),
		cmocka_unit_test(a_histogram_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
