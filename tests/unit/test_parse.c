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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
