/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "config.h"
#include "file.h"
#include "str.h"

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
			       "mountpoint = /srv/c\n"
			       "runtime = /usr/bin/crun\n"
			       "hook = --default=off  --mode=required # both\n"
			       "stage = prestart",
			       &c, &line),
			 0);
	assert_int_equal(c.cpu, CPU_HOST);
	assert_int_equal(c.uptime, UPTIME_HOST);
	assert_false(c.loadavg);
	assert_false(c.swap);
	assert_false(c.sandbox);
	assert_int_equal(c.threads, 16);
	assert_string_equal(c.mountpoint, "/srv/c");
	assert_string_equal(c.runtime, "/usr/bin/crun");
	assert_string_equal(c.hook, "--default=off  --mode=required");
	assert_true(c.prestart);
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
	assert_null(c.runtime);
	assert_null(c.hook);
	assert_false(c.prestart);
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
		"runtime = runc",
		"stage = poststop",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		autoconfig struct config c = CONFIG_INIT;
		char text[64];
		unsigned line = 0;

		(void)snprintf(text, sizeof(text),
			       "swap = on\n\n%s\nthreads = 7\nbad\n", lines[i]);
		assert_int_equal(parse(text, &c, &line), -EINVAL);
		assert_int_equal(line, 3);
		assert_int_equal(c.threads, 7);
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

/* What packages install: each key once with its default, commented out. */
static void the_example_says_what_holds(void **state)
{
	autoconfig struct config c = CONFIG_INIT;
	autostr struct str text = { 0 };
	static const char runtime[] = "\n runtime =";
	unsigned line;

	(void)state;
	assert_int_equal(file_read(AT_FDCWD,
				   FIXTURES "/../../packaging/resview.conf",
				   65536, &text),
			 0);
	for (size_t i = 1; i + 1 < text.len; i++)
		if (text.text[i] == '#' && text.text[i - 1] == '\n' &&
		    islower((unsigned char)text.text[i + 1]))
			text.text[i] = ' ';

	assert_int_equal(parse(text.text, &c, &line), 0);
	assert_int_equal(c.cpu, CPU_QUOTA);
	assert_int_equal(c.uptime, UPTIME_CONTAINER);
	assert_true(c.loadavg && c.swap && c.sandbox);
	assert_int_equal(c.threads, 4);
	assert_string_equal(c.mountpoint, "/run/resview/fs");
	assert_non_null(c.runtime);
	assert_string_equal(c.hook, "");
	assert_false(c.prestart);
	assert_null(strstr(strstr(text.text, runtime) + 1, runtime));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(nothing_changes_nothing),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(a_file_that_is_not_there_has_no_line),
		cmocka_unit_test(the_example_says_what_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
