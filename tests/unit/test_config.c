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
#include "config.h"

static int parse(const char *text, struct config *c, unsigned *line)
{
	return config_parse(text, strlen(text), c, line);
}

static void every_key_is_taken(void **state)
{
	autoconfig struct config c = CONFIG_INIT;
	unsigned line;

	(void)state;
	assert_int_equal(parse("# ours\n"
			       "\n"
			       "cpu = host # all of them\n"
			       "\tuptime=host\r\n"
			       "loadavg =off\n"
			       "swap= off\n"
			       "sandbox = off\n"
			       "threads = 16\n"
			       "mountpoint = /a b\n"
			       "mountpoint = /srv/c",
			       &c, &line),
			 0);
	assert_int_equal(c.cpu, CPU_HOST);
	assert_int_equal(c.uptime, UPTIME_HOST);
	assert_false(c.loadavg);
	assert_false(c.swap);
	assert_false(c.sandbox);
	assert_int_equal(c.threads, 16);
	assert_string_equal(c.mountpoint, "/srv/c");
}

static void nothing_changes_nothing(void **state)
{
	autoconfig struct config c = CONFIG_INIT;
	unsigned line;

	(void)state;
	assert_int_equal(parse("", &c, &line), 0);
	assert_int_equal(parse("# only this", &c, &line), 0);
	assert_int_equal(c.cpu, CPU_QUOTA);
	assert_int_equal(c.uptime, UPTIME_CONTAINER);
	assert_true(c.loadavg && c.swap && c.sandbox);
	assert_int_equal(c.threads, 4);
	assert_null(c.mountpoint);
}

static void bad_lines_are_named(void **state)
{
	static const char *const lines[] = {
		"cpu",
		"cpu =",
		"cpu = Quota",
		"cpu quota",
		"cpus = quota",
		"= quota",
		"threads = 0",
		"threads = 17",
		"threads = -1",
		"threads = 4x",
		"mountpoint = run",
		"mountpoint =",
		"loadavg = 1",
		"swap = on off",
		"uptime = on",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		autoconfig struct config c = CONFIG_INIT;
		char text[64];
		unsigned line = 0;

		(void)snprintf(text, sizeof(text), "swap = on\n\n%s", lines[i]);
		assert_int_equal(parse(text, &c, &line), -EINVAL);
		assert_int_equal(line, 3);
	}
}

static void a_file_that_is_not_there_has_no_line(void **state)
{
	autoconfig struct config c = CONFIG_INIT;
	unsigned line = 7;

	(void)state;
	assert_int_equal(config_read("/no/such/file", &c, &line), -ENOENT);
	assert_int_equal(line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(nothing_changes_nothing),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(a_file_that_is_not_there_has_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
