/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "base.h"
#include "proc.h"

static void time_offsets_are_exact(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "monotonic           0         0\n"
		  "boottime       86400         5\n",
		  86400000000005 },
		{ "boottime -3600 5\n", -3599999999995 },
		{ "boottime 0 0\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ns = 7;

		assert_int_equal(proc_timens_parse(cases[i].text, &ns), 0);
		assert_true(ns == cases[i].ns);
	}
}

static void nonsense_is_no_offset(void **state)
{
	static const char *const texts[] = {
		"",
		"monotonic 7 0\n",
		"boottime\n",
		"boottime 1\n",
		"boottime - 0\n",
		"boottime 99999999999999999999 0\n",
		"boottime 9223372036854775807 0",
		"boottime 9223372036 9223372036854775807",
		"boottimes 1 0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t ns = 7;

		assert_int_equal(proc_timens_parse(texts[i], &ns), -EINVAL);
		assert_true(ns == 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_offsets_are_exact),
		cmocka_unit_test(nonsense_is_no_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
