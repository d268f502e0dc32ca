/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base.h"
#include "trigger.h"

static int parse(const char *text, struct trigger *t)
{
	return trigger_parse(text, strlen(text) + 1, t);
}

static void triggers_are_taken(void **state)
{
	struct trigger t;

	(void)state;
	assert_int_equal(parse("some 150000 2000000", &t), 0);
	assert_false(t.full);
	assert_int_equal(t.threshold, 150000);
	assert_int_equal(t.window, 2000000);
	assert_int_equal(parse("full 10000000 10000000\n", &t), 0);
	assert_true(t.full);
	assert_int_equal(trigger_parse("some 1 2000000", 14, &t), 0);
}

static void odd_triggers_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"some",
		"some 1",
		"some 1 1000000",
		"some 1 500000",
		"some 1 3000000",
		"some 1 12000000",
		"some 0 2000000",
		"some 2000001 2000000",
		"some 1 0",
		"some -1 2000000",
		"some 1 2000000 3",
		"som 1 2000000",
		"someone 1 2000000",
		"some 1 18446744073709551616",
		"some 1 4294967296000000",
	};
	struct trigger t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(parse(texts[i], &t), -EINVAL);
	assert_int_equal(trigger_parse("", 0, &t), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(triggers_are_taken),
		cmocka_unit_test(odd_triggers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
