/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/sysmacros.h>

#include <errno.h>

#include "base.h"
#include "parse.h"

static void limit_takes_whole_numbers_only(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_int_equal(parse_limit("-1\n", &v), -EINVAL);
	assert_int_equal(parse_limit(" 1\n", &v), -EINVAL);
	assert_int_equal(parse_limit("12x", &v), -EINVAL);
	assert_int_equal(parse_limit("", &v), -EINVAL);
	assert_int_equal(parse_limit("18446744073709551616", &v), -ERANGE);
	assert_int_equal(v, 7);
	assert_int_equal(parse_limit("max\n", &v), 0);
	assert_true(v == NO_LIMIT);
	assert_int_equal(parse_limit("18446744073709551614", &v), 0);
	assert_true(v == UINT64_MAX - 1);
}

/* Take all numbers off TEXT, and see which; R ends them. */
static void takes(const char *text, const uint64_t *want, size_t n, int r,
		  const char *rest)
{
	struct slice s = slice_of(text);
	uint64_t v = 7;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(slice_next_u64(&s, &v), 0);
		assert_true(v == want[i]);
	}
	v = 7;
	assert_int_equal(slice_next_u64(&s, &v), r);
	assert_int_equal(v, 7);
	assert_true(slice_is(s, rest));
}

static void numbers_are_taken_one_by_one(void **state)
{
	static const uint64_t few[] = { 0, 9, 10 };
	static const uint64_t most[] = { UINT64_MAX, UINT64_MAX - 9 };

	(void)state;
	takes("", few, 0, -ENODATA, "");
	takes(" \t", few, 0, -ENODATA, "");
	takes("0 9\t10", few, 3, -ENODATA, "");
	takes("  00 \t09  010  ", few, 3, -ENODATA, "");
	takes("18446744073709551615 18446744073709551606", most, 2, -ENODATA,
	      "");
	takes("18446744073709551616 1", few, 0, -ERANGE, " 1");
	takes("99999999999999999999 1", few, 0, -ERANGE, " 1");
	takes("0 9 1x 1", few, 2, -EINVAL, " 1");
	takes("0 x 1", few, 1, -EINVAL, " 1");
	takes("0 -1", few, 1, -EINVAL, "");
	takes("0 1\n", few, 1, -EINVAL, "");
}

static void keys_match_whole_words(void **state)
{
	uint64_t file = 1;
	uint64_t mapped = 2;
	uint64_t none = 3;
	const struct key keys[] = {
		{ "file", &file },
		{ "file_mapped", &mapped },
		{ "none", &none },
	};

	(void)state;
	assert_int_equal(parse_keys("anon 1\nfile_mapped 22\nfile 11\nnone x\n",
				    keys, ARRAY_SIZE(keys)),
			 2);
	assert_int_equal(file, 11);
	assert_int_equal(mapped, 22);
	assert_int_equal(none, 3);
}

static void a_device_is_two_numbers(void **state)
{
	static const char *const wrong[] = {
		"", "8", "8:", ":1", "8:1 ", "8:1:2", "4294967296:1"
	};
	dev_t dev = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_true(slice_dev(slice_of(wrong[i]), &dev) < 0);
	assert_int_equal(dev, 7);
	assert_int_equal(slice_dev(slice_of("0:1048575"), &dev), 0);
	assert_true(dev == makedev(0, 1048575));
}

static void knows_a_word_in_a_list(void **state)
{
	(void)state;
	assert_true(slice_listed(slice_of("ro,nosuid"), "ro"));
	assert_true(slice_listed(slice_of("ro,nosuid"), "nosuid"));
	assert_false(slice_listed(slice_of("ro,nosuid"), "suid"));
	assert_false(slice_listed(slice_of("ro,nosuid"), "r"));
	assert_false(slice_listed(slice_of(""), "ro"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_two_numbers),
		cmocka_unit_test(knows_a_word_in_a_list),
		cmocka_unit_test(limit_takes_whole_numbers_only),
		cmocka_unit_test(keys_match_whole_words),
		cmocka_unit_test(numbers_are_taken_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
