/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base.h"
#include "edits.h"
#include "entry.h"
#include "options.h"
#include "splice.h"

/* The entry E of the tests, as it is written; '@' stands for it below. */
#define OURS                                                                   \
	"{\"path\":\"/x/resview-hook\",\"args\":[\"resview-hook\","            \
	"\"--mode=required\"],\"env\":[\"PATH=/usr/sbin:/usr/bin:/sbin:/bin\"" \
	"],\"timeout\":10}"

static void ours(struct entry *ret)
{
	static const char words[] = "--mode=required";

	*ret = (struct entry){ .timeout = 10 };
	str_adds(&ret->path, "/x/resview-hook");
	str_add(&ret->words, words, sizeof(words));
}

/* TEXT with every '@' replaced by our entry. */
static void expand(const char *text, struct str *out)
{
	for (; *text; text++)
		if (*text == '@')
			str_adds(out, OURS);
		else
			str_add(out, text, 1);
}

static int splice(const char *spec, unsigned flags, struct str *out)
{
	autoentry struct entry e = { 0 };
	autoedits struct edits edits = { 0 };
	struct slice text = slice_of(spec);
	int r;

	ours(&e);
	r = splice_find(text, &e, flags, &edits);
	if (r == 0)
		edits_apply(&edits, text, out);

	return r;
}

struct row {
	const char *in;
	const char *out; /* NULL: nothing to do */
};

static void row_check(const struct row *row, unsigned flags)
{
	autostr struct str in = { 0 };
	autostr struct str want = { 0 };
	autostr struct str got = { 0 };
	autostr struct str again = { 0 };

	expand(row->in, &in);
	if (!row->out) {
		assert_int_equal(splice(in.text, flags, &got), 1);
		return;
	}

	expand(row->out, &want);
	assert_int_equal(splice(in.text, flags, &got), 0);
	assert_int_equal(got.err, 0);
	assert_string_equal(str_text(&got), want.text);
	assert_int_equal(splice(got.text, flags, &again), 1);
}

static void every_shape_gets_our_entry(void **state)
{
	static const struct row rows[] = {
		{ "{}",
		  "{\"hooks\":{\"createRuntime\":[@],\"poststop\":[@]}}" },
		{ " { \n} \n",
		  " {\"hooks\":{\"createRuntime\":[@],\"poststop\":[@]} \n} "
		  "\n" },
		{ "{\"a\":1.0e400,\"b\":18446744073709551616 }\n",
		  "{\"a\":1.0e400,\"b\":18446744073709551616,\"hooks\":"
		  "{\"createRuntime\":[@],\"poststop\":[@]} }\n" },
		{ "{\"hooks\": null ,\"z\":0}",
		  "{\"hooks\": {\"createRuntime\":[@],\"poststop\":[@]} "
		  ",\"z\":0}" },
		{ "{\"hooks\":{},\"z\":0}",
		  "{\"hooks\":{\"createRuntime\":[@],\"poststop\":[@]},"
		  "\"z\":0}" },
		{ "{\"hooks\":{ \"prestart\":[{\"path\":\"/n\"}] }}",
		  "{\"hooks\":{ \"prestart\":[{\"path\":\"/n\"}],"
		  "\"createRuntime\":[@],\"poststop\":[@] }}" },
		{ "{\"hooks\":{\"poststop\":[ ],\"createRuntime\":null}}",
		  "{\"hooks\":{\"poststop\":[@ ],\"createRuntime\":[@]}}" },
		{ "{\"hooks\":{\"createRuntime\":[{\"path\":\"/n\"} ]}}",
		  "{\"hooks\":{\"createRuntime\":[{\"path\":\"/n\"},@ ],"
		  "\"poststop\":[@]}}" },
		{ "{\"hooks\":{\"createRuntime\":[@],\"x\":[]},\"y\":{}}",
		  "{\"hooks\":{\"createRuntime\":[@],\"x\":[],"
		  "\"poststop\":[@]},\"y\":{}}" },
		{ "{\"hooks\":{\"createRuntime\":[{\"path\":"
		  "\"\\/x/resview-hook\"}],\"poststop\":[1,@]}}",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_check(&rows[i], 0);
}

/* What an image chooses are strings: they look like ours, and are not. */
static void strings_lead_nobody_astray(void **state)
{
	static const struct row rows[] = {
		{ "{\"process\":{\"env\":[\"\\\"hooks\\\":{}\",\"}]}\","
		  "\"\\\\\"],\"hooks\":7}}",
		  "{\"process\":{\"env\":[\"\\\"hooks\\\":{}\",\"}]}\","
		  "\"\\\\\"],\"hooks\":7},\"hooks\":{\"createRuntime\":[@],"
		  "\"poststop\":[@]}}" },
		{ "{\"annotations\":{\"hooks\":\"{\"},\"hooks\":{}}",
		  "{\"annotations\":{\"hooks\":\"{\"},\"hooks\":"
		  "{\"createRuntime\":[@],\"poststop\":[@]}}" },
		{ "{\"hooks\":\"first\",\"hooks\":{}}",
		  "{\"hooks\":\"first\",\"hooks\":{\"createRuntime\":[@],"
		  "\"poststop\":[@]}}" },
		{ "{\"\xc3\xa4\":\"\xf0\x9f\x90\xb3 \\u0000\"}",
		  "{\"\xc3\xa4\":\"\xf0\x9f\x90\xb3 \\u0000\",\"hooks\":"
		  "{\"createRuntime\":[@],\"poststop\":[@]}}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_check(&rows[i], 0);
}

static void an_old_runtime_gets_prestart(void **state)
{
	static const struct row rows[] = {
		{ "{\"hooks\":{\"prestart\":[1]}}",
		  "{\"hooks\":{\"prestart\":[1,@],\"poststop\":[@]}}" },
		{ "{}", "{\"hooks\":{\"prestart\":[@],\"poststop\":[@]}}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_check(&rows[i], SPLICE_PRESTART);
}

static void limits_of_a_base_spec_go(void **state)
{
#define HOOKS "\"hooks\":{\"createRuntime\":[@],\"poststop\":[@]}"
	static const struct row rows[] = {
		{ "{" HOOKS ",\"process\":{\"rlimits\":[{\"a\":1}]}}",
		  "{" HOOKS ",\"process\":{}}" },
		{ "{\"process\":{\"a\":1 , \"rlimits\" : [ ] },\"b\":2}",
		  "{\"process\":{\"a\":1 },\"b\":2," HOOKS "}" },
		{ "{\"process\":{ \"rlimits\":null , \"c\":3}}",
		  "{\"process\":{ \"c\":3}," HOOKS "}" },
		{ "{\"process\":{\"a\":1,\"rlimits\":[],\"c\":3}}",
		  "{\"process\":{\"a\":1,\"c\":3}," HOOKS "}" },
		{ "{\"process\":{\"rlimits\":[],\"rlimits\":[1]}," HOOKS "}",
		  "{\"process\":{}," HOOKS "}" },
		{ "{\"process\":{\"rlimits\":[], \"a\":1 ,\"rlimits\":[1] "
		  ",\"rlimits\":[2],\"b\":2,\"rlimits\":[3] }," HOOKS "}",
		  "{\"process\":{\"a\":1,\"b\":2 }," HOOKS "}" },
		{ "{\"process\":null," HOOKS "}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_check(&rows[i], SPLICE_NO_RLIMITS);
}

static void malformed_specs_are_refused(void **state)
{
	static const char *const specs[] = {
		"",
		"[]",
		"{",
		"{}}",
		"{} {}",
		"{\"a\":}",
		"{'hooks':{}}",
		"{\"a\":1,}",
		"{/**/}",
		"\xef\xbb\xbf{}",
		"{\"hooks\":[]}",
		"{\"hooks\":\"\"}",
		"{\"hooks\":0}",
		"{\"hooks\":{\"poststop\":{}}}",
		"{\"hooks\":{\"createRuntime\":\"[]\"}}",
		"{\"hook\\u0073\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		autostr struct str out = { 0 };

		assert_int_equal(splice(specs[i], 0, &out), -EINVAL);
	}
}

static void depth_is_bounded_and_length_is_not_a_matter(void **state)
{
	autostr struct str deep = { 0 };
	autostr struct str large = { 0 };
	autostr struct str out = { 0 };

	(void)state;
	str_adds(&deep, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		str_adds(&deep, "[");
	assert_int_equal(splice(deep.text, 0, &out), -EINVAL);

	str_adds(&large, "{\"a\":\"");
	for (int i = 0; i < 200000; i++)
		str_adds(&large, "\\\"hooks\\\":{");
	str_adds(&large, "\"}");
	assert_int_equal(splice(large.text, 0, &out), 0);
	assert_memory_equal(out.text, large.text, large.len - 1);
}

static void the_entry_has_the_options_that_say_something(void **state)
{
	char fs[] = "/run/resview/fs";
	char other[] = "/m";
	struct options o = { .on = true,
			     .timeout = OPTIONS_TIMEOUT,
			     .run_dir = OPTIONS_RUN_DIR,
			     .mountpoint = fs };
	autoentry struct entry plain = { 0 };
	autoentry struct entry full = { 0 };
	static const char words[] = "--mode=required\0--default=off\0"
				    "--views=a,b\0--timeout=30\0--run-dir=/r\0"
				    "--mountpoint=/m";

	(void)state;
	assert_int_equal(entry_make(&o, &plain), 0);
	assert_non_null(strstr(plain.path.text, "/tests/resview-hook"));
	assert_int_equal(plain.path.text[0], '/');
	assert_int_equal(plain.words.len, 0);
	assert_int_equal(plain.timeout, 10);

	o = (struct options){ .required = true,
			      .timeout = 30,
			      .views = "a,b",
			      .run_dir = "/r",
			      .mountpoint = other };
	assert_int_equal(entry_make(&o, &full), 0);
	assert_int_equal(full.words.len, sizeof(words));
	assert_memory_equal(full.words.text, words, sizeof(words));
	assert_int_equal(full.timeout, 35);
}

/* It would make a config.json that is not JSON. */
static void words_that_are_not_utf8_make_no_entry(void **state)
{
	static const struct {
		const char *views;
		int r;
	} rows[] = {
		{ "\xc3\xa4,\xe2\x82\xac,\xf0\x9f\x90\xb3", 0 },
		{ "\xed\x9f\xbf,\xf4\x8f\xbf\xbf", 0 },
		{ "a\xff", -EINVAL },
		{ "\x80", -EINVAL },
		{ "\xc3", -EINVAL },
		{ "\xc3,", -EINVAL },
		{ "\xe2\x82", -EINVAL },
		{ "\xc0\xaf", -EINVAL },
		{ "\xe0\x80\xaf", -EINVAL },
		{ "\xed\xa0\x80", -EINVAL },
		{ "\xf0\x80\x80\xaf", -EINVAL },
		{ "\xf4\x90\x80\x80", -EINVAL },
		{ "\xf5\x80\x80\x80", -EINVAL },
	};
	char fs[] = "/run/resview/fs";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o = { .run_dir = OPTIONS_RUN_DIR,
				     .mountpoint = fs,
				     .views = rows[i].views };
		autoentry struct entry e = { 0 };

		assert_int_equal(entry_make(&o, &e), rows[i].r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_gets_our_entry),
		cmocka_unit_test(strings_lead_nobody_astray),
		cmocka_unit_test(an_old_runtime_gets_prestart),
		cmocka_unit_test(limits_of_a_base_spec_go),
		cmocka_unit_test(malformed_specs_are_refused),
		cmocka_unit_test(depth_is_bounded_and_length_is_not_a_matter),
		cmocka_unit_test(the_entry_has_the_options_that_say_something),
		cmocka_unit_test(words_that_are_not_utf8_make_no_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
