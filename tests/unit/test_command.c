/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "cli.h"

#define WORDS_MAX 6

/* The words of a command line, which getopt_long() puts in another order. */
struct line {
	const char *words[WORDS_MAX];
};

static int parse(const struct line *l, struct cli *ret)
{
	static char text[WORDS_MAX][64];
	static char *argv[WORDS_MAX + 2] = { text[0] };
	int argc = 1;

	for (; argc <= WORDS_MAX && l->words[argc - 1]; argc++) {
		(void)snprintf(text[argc - 1], sizeof(text[0]), "%s",
			       l->words[argc - 1]);
		argv[argc] = text[argc - 1];
	}
	argv[argc] = NULL;
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	return cli_parse(argc, argv, ret);
}

static void takes_what_makes_sense(void **state)
{
	static const struct {
		struct line line;
		struct cli want;
	} rows[] = {
		{ { { NULL } }, { .mode = MODE_REPAIR } },
		{ { { "--list", "--json" } },
		  { .mode = MODE_LIST, .json = true } },
		{ { { "--list", "--list" } }, { .mode = MODE_LIST } },
		{ { { "--check" } }, { .mode = MODE_CHECK } },
		{ { { "--detach", "--dry-run", "a", "b.c" } },
		  { .mode = MODE_DETACH, .dry_run = true, .count = 2 } },
		{ { { "--json", "--adopt-lxcfs", "--dry-run" } },
		  { .mode = MODE_ADOPT, .dry_run = true, .json = true } },
		{ { { "a", "--timeout=3600", "--run-dir=/x" } },
		  { .timeout = 3600, .run_dir = "/x", .count = 1 } },
		{ { { "--timeout=1" } }, { .timeout = 1 } },
		{ { { "--", "-x-" } }, { .count = 1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cli *want = &rows[i].want;
		struct cli got = { 0 };

		assert_int_equal(parse(&rows[i].line, &got), -1);
		assert_int_equal(got.mode, want->mode);
		assert_int_equal(got.dry_run, want->dry_run);
		assert_int_equal(got.json, want->json);
		assert_int_equal(got.timeout,
				 want->timeout ? want->timeout : 5);
		assert_string_equal(got.run_dir, want->run_dir
							 ? want->run_dir
							 : "/run/resview");
		assert_int_equal(got.count, want->count);
	}
}

static void keeps_the_ids(void **state)
{
	static const struct line line = { { "a", "--detach", "b" } };
	struct cli got;

	(void)state;
	assert_int_equal(parse(&line, &got), -1);
	assert_int_equal(got.count, 2);
	assert_string_equal(got.ids[0], "a");
	assert_string_equal(got.ids[1], "b");
}

static void refuses_the_rest(void **state)
{
	static const struct line lines[] = {
		{ { "--no-such" } },
		{ { "-l" } },
		{ { "--timeout" } },
		{ { "--timeout=0" } },
		{ { "--timeout=3601" } },
		{ { "--timeout=1s" } },
		{ { "--run-dir=here" } },
		{ { "--list", "--detach" } },
		{ { "--check", "--adopt-lxcfs" } },
		{ { "--check", "--json" } },
		{ { "--dry-run", "--list" } },
		{ { "--dry-run", "--check" } },
		{ { "--detach", "" } },
		{ { "a/b" } },
		{ { ".." } },
		{ { "good", "b d" } },
	};
	struct cli got = { .timeout = 7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(parse(&lines[i], &got), 2);
	assert_int_equal(got.timeout, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_makes_sense),
		cmocka_unit_test(keeps_the_ids),
		cmocka_unit_test(refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
