/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "str.h"

static void same_as_printf(uint64_t value)
{
	autostr struct str s = { 0 };
	char digits[U64_DIGITS + 1] = "";
	char want[U64_DIGITS + 1];
	char room[2 * U64_DIGITS + 1];
	char *end = room + sizeof(room) - 1;
	size_t len = (size_t)snprintf(want, sizeof(want), "%" PRIu64, value);

	str_addu(&s, value);
	assert_string_equal(str_text(&s), want);
	assert_int_equal(s.len, len);

	assert_int_equal(u64_digits(value, digits), U64_DIGITS - len);
	assert_string_equal(digits + U64_DIGITS - len, want);

	/* Nothing but the digits is written. */
	memset(room, '-', sizeof(room));
	assert_ptr_equal(u64_put_before(end, value), end - len);
	assert_memory_equal(end - len, want, len);
	assert_int_equal(*end, '-');
	for (const char *at = room; at < end - len; at++)
		assert_int_equal(*at, '-');
}

static void numbers_of_all_lengths(void **state)
{
	(void)state;
	for (uint64_t power = 1;; power *= 10) {
		same_as_printf(power - 1);
		same_as_printf(power);
		same_as_printf(power + 1);
		same_as_printf(power / 2 * 3);
		if (power > UINT64_MAX / 10)
			break;
	}
	same_as_printf(UINT32_MAX);
	same_as_printf(UINT64_C(1) << 32);
	same_as_printf(INT64_MAX);
	same_as_printf(UINT64_MAX - 1);
	same_as_printf(UINT64_MAX);
}

static void every_number_of_few_digits(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 20000; i++)
		same_as_printf(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_all_lengths),
		cmocka_unit_test(every_number_of_few_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
