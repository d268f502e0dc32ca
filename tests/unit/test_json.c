/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "json.h"
#include "str.h"

static int parse(const char *text)
{
	autojson struct json_object *json = NULL;

	return json_parse(text, strlen(text), &json);
}

static void takes_one_whole_object_only(void **state)
{
	static const char *const bad[] = {
		"",      " ",          "[]",       "1",     "\"a\"", "null",
		"{",     "{\"a\":",    "{\"a\":1", "{} {}", "{}x",

		"{a:1}", "{\"a\":1,}", "{\"a\"}",  "\xff",

	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (parse(bad[i]) != -EINVAL)
			fail_msg("taken: %s", bad[i]);

	assert_int_equal(parse("{}"), 0);
	assert_int_equal(parse(" { \"a\" : [ 1 , { } ] }\n \t\r\n"), 0);
}

static void refuses_a_nul_anywhere(void **state)
{
	static const char text[] = "{\"a\":1}\0";
	autojson struct json_object *json = NULL;
	const char *value;

	(void)state;
	assert_int_equal(json_parse(text, sizeof(text) - 1, &json), -EINVAL);
	assert_int_equal(parse("{\"a\\u0000\":\"x\"}"), -EINVAL);
	assert_int_equal(parse("{\"b\":0,\"\\u0000a\" : 0}"), -EINVAL);
	assert_int_equal(parse("{\"a\\\\u0000\":\"\\u0000\",\"b\":0}"), 0);

	assert_int_equal(json_parse("{\"a\":\"x\\u0000y\"}", 16, &json), 0);
	assert_int_equal(json_get_string(json, "a", &value), -EINVAL);
}

static void refuses_deep_nesting(void **state)
{
	autostr struct str text = { 0 };

	(void)state;
	str_adds(&text, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		str_adds(&text, "[");
	assert_int_equal(parse(text.text), -EINVAL);
}

/* COUNT times ITEM in an array, in an object: 2 values more. */
static int parse_many(const char *item, size_t count)
{
	autostr struct str text = { 0 };

	str_adds(&text, "{\"a\":[");
	for (size_t i = 0; i < count; i++)
		str_addf(&text, "%s%s", i ? "," : "", item);
	str_adds(&text, "]}");
	return parse(str_text(&text));
}

static void refuses_more_values_than_memory_is_for(void **state)
{
	(void)state;
	assert_int_equal(parse_many("0", JSON_VALUES_MAX - 2), 0);
	assert_int_equal(parse_many("0", JSON_VALUES_MAX), -EFBIG);
	assert_int_equal(parse_many("{}", JSON_VALUES_MAX / 2 - 2), 0);
	assert_int_equal(parse_many("{}", JSON_VALUES_MAX / 2 + 2), -EFBIG);
	assert_int_equal(parse_many("\"\\\",,{[:\"", JSON_VALUES_MAX / 4), 0);
}

static void getters_are_strict(void **state)
{
	static const char text[] =
		"{\"s\":\"x\",\"n\":7,\"neg\":-5,\"f\":1.5,\"b\":true,"
		"\"big\":18446744073709551616,\"max\":18446744073709551614,"
		"\"o\":{},\"l\":[],\"z\":null,"
		"\"q\":\"7\",\"min\":-9223372036854775807}";
	autojson struct json_object *json = NULL;
	struct json_object *o = NULL;
	const char *s = "kept";
	uint64_t u = 1;
	int64_t i = 2;
	bool b = false;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), &json), 0);

	assert_int_equal(json_get_string(json, "n", &s), -EINVAL);
	assert_int_equal(json_get_string(json, "none", &s), -ENOENT);
	assert_int_equal(json_get_string(json, "z", &s), -ENOENT);
	assert_string_equal(s, "kept");
	assert_int_equal(json_get_string(json, "s", &s), 0);
	assert_string_equal(s, "x");

	assert_int_equal(json_get_u64(json, "q", &u), -EINVAL);
	assert_int_equal(json_get_u64(json, "f", &u), -EINVAL);
	assert_int_equal(json_get_u64(json, "b", &u), -EINVAL);
	assert_int_equal(json_get_u64(json, "neg", &u), -ERANGE);
	assert_int_equal(u, 1);
	assert_int_equal(json_get_u64(json, "max", &u), 0);
	assert_true(u == UINT64_MAX - 1);
	assert_int_equal(json_get_u64(json, "big", &u), -ERANGE);

	assert_int_equal(json_get_i64(json, "max", &i), -ERANGE);
	assert_int_equal(json_get_i64(json, "min", &i), 0);
	assert_true(i == INT64_MIN + 1);
	assert_int_equal(json_get_i64(json, "z", &i), -ENOENT);
	assert_int_equal(json_get_i64(json, "neg", &i), 0);
	assert_int_equal(i, -5);

	assert_int_equal(json_get_bool(json, "n", &b), -EINVAL);
	assert_int_equal(json_get_bool(json, "b", &b), 0);
	assert_true(b);

	assert_int_equal(json_get_object(json, "l", &o), -EINVAL);
	assert_int_equal(json_get_array(json, "o", &o), -EINVAL);
	assert_int_equal(json_get_object(json, "o", &o), 0);
	assert_int_equal(json_get_array(json, "l", &o), 0);
}

static int collect(const char *key, const char *value, void *arg)
{
	str_addf(arg, "%s=%s;", key ? key : "-", value);
	return strcmp(value, "stop") == 0;
}

static void iterates_over_strings(void **state)
{
	static const char text[] = "{\"o\":{\"a\":\"1\",\"b\":\"2\"},"
				   "\"l\":[\"x\",\"stop\",\"y\"],"
				   "\"bad\":{\"a\":1},\"n\":[null]}";
	autojson struct json_object *json = NULL;
	struct json_object *in;
	autostr struct str got = { 0 };

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), &json), 0);
	assert_int_equal(json_get_object(json, "o", &in), 0);
	assert_int_equal(json_each_string(in, collect, &got), 0);
	assert_int_equal(json_get_array(json, "l", &in), 0);
	assert_int_equal(json_each_string(in, collect, &got), 1);
	assert_string_equal(got.text, "a=1;b=2;-=x;-=stop;");
	assert_int_equal(json_get_object(json, "bad", &in), 0);
	assert_int_equal(json_each_string(in, collect, &got), -EINVAL);
	assert_int_equal(json_get_array(json, "n", &in), 0);
	assert_int_equal(json_each_string(in, collect, &got), -EINVAL);
}

static void writes_what_it_reads(void **state)
{
	autojson struct json_object *json = NULL;
	autostr struct str out = { 0 };
	const char *s;
	int64_t i;

	(void)state;
	json_put_begin(&out, NULL, '{');
	json_put_string(&out, "quo\"te", "a\\b\n\x01{");
	json_put_i64(&out, "n", INT64_MIN + 1);
	json_put_begin(&out, "l", '[');
	json_put_string(&out, NULL, "x");
	json_put_string(&out, NULL, "y");
	json_put_end(&out, ']');
	json_put_begin(&out, "o", '{');
	json_put_end(&out, '}');
	json_put_null(&out, "z");
	json_put_bool(&out, "b", true);
	json_put_end(&out, '}');

	assert_int_equal(out.err, 0);
	assert_int_equal(json_parse(out.text, out.len, &json), 0);
	assert_int_equal(json_get_string(json, "quo\"te", &s), 0);
	assert_string_equal(s, "a\\b\n\x01{");
	assert_int_equal(json_get_i64(json, "n", &i), 0);
	assert_true(i == INT64_MIN + 1);
	assert_int_equal(json_get_i64(json, "z", &i), -ENOENT);
	assert_non_null(strstr(
		out.text, "[\"x\",\"y\"],\"o\":{},\"z\":null,\"b\":true}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_one_whole_object_only),
		cmocka_unit_test(refuses_a_nul_anywhere),
		cmocka_unit_test(refuses_deep_nesting),
		cmocka_unit_test(refuses_more_values_than_memory_is_for),
		cmocka_unit_test(getters_are_strict),
		cmocka_unit_test(iterates_over_strings),
		cmocka_unit_test(writes_what_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
