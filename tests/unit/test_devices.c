/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "devices.h"
#include "file.h"
#include "str.h"

static int make_dir(char *path)
{
	assert_non_null(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_dir(int dir, const char *path)
{
	assert_int_equal(unlinkat(dir, "devices", 0), 0);
	assert_int_equal(rmdir(path), 0);
}

static void put(int dir, const char *text)
{
	assert_int_equal(file_replace(dir, "devices", text, strlen(text), 0644),
			 0);
}

static uint64_t seconds(void)
{
	return clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC;
}

static void reads_what_makes_sense(void **state)
{
	char path[] = "/tmp/test_devices.XXXXXX";
	autoclose int dir = make_dir(path);
	struct devices d = { .count = 3 };

	(void)state;
	assert_int_equal(devices_read(dir, &d), 0);
	assert_int_equal(d.count, 0);

	put(dir, "0:7\nx\n\n0:\n:1\n0:4294967296\n0:300 1700000000\n1:2 x\n"
		 "-1:3\n0:9 18446744073709551616\n0:40 1 resview-1 more\n"
		 "0:42 1 a_name_that_is_longer_than_there_is_room\n0:41 0");
	assert_int_equal(devices_read(dir, &d), 0);
	assert_int_equal(d.count, 4);
	assert_true(d.list[0].dev == makedev(0, 7));
	assert_int_equal(d.list[0].since, 0);
	assert_true(d.list[1].dev == makedev(0, 300));
	assert_int_equal(d.list[1].since, 1700000000);
	assert_true(d.list[2].dev == makedev(0, 40));
	assert_true(d.list[3].dev == makedev(0, 41));

	assert_string_equal(d.list[1].name, "");
	assert_string_equal(d.list[2].name, "resview-1");
	remove_dir(dir, path);
}

static void remembers_the_newest(void **state)
{
	char path[] = "/tmp/test_devices.XXXXXX";
	autoclose int dir = make_dir(path);
	autostr struct str text = { 0 };
	struct devices d;

	(void)state;
	for (unsigned i = 100; i < 300; i++)
		str_addf(&text, "0:%u 5\n", i);
	put(dir, str_text(&text));
	assert_int_equal(devices_read(dir, &d), 0);
	assert_int_equal(d.count, DEVICES_MAX);
	for (unsigned i = 0; i < DEVICES_MAX; i++)
		assert_true(d.list[i].dev == makedev(0, 300 - DEVICES_MAX + i));

	assert_int_equal(devices_note(dir, makedev(0, 7), "x"), 0);
	assert_int_equal(devices_read(dir, &d), 0);
	assert_int_equal(d.count, DEVICES_MAX);
	assert_true(d.list[0].dev == makedev(0, 301 - DEVICES_MAX));
	assert_true(d.list[DEVICES_MAX - 1].dev == makedev(0, 7));
	remove_dir(dir, path);
}

static void a_number_used_again_is_the_newest(void **state)
{
	char path[] = "/tmp/test_devices.XXXXXX";
	autoclose int dir = make_dir(path);
	uint64_t begin = seconds();
	struct devices d;

	(void)state;
	put(dir, "0:7 5\n0:8\n0:9 6\n0:7 7\n");
	assert_int_equal(devices_note(dir, makedev(0, 7), "x"), 0);
	assert_int_equal(devices_read(dir, &d), 0);
	assert_int_equal(d.count, 3);
	assert_true(d.list[0].dev == makedev(0, 8));
	assert_true(d.list[2].dev == makedev(0, 7));
	assert_in_range(d.list[2].since, begin, seconds());
	assert_string_equal(d.list[2].name, "x");
	assert_ptr_equal(devices_find(&d, makedev(0, 9)), &d.list[1]);
	assert_null(devices_find(&d, makedev(0, 6)));
	remove_dir(dir, path);
}

static void a_connection_that_goes_on_keeps_its_time(void **state)
{
	char path[] = "/tmp/test_devices.XXXXXX";
	autoclose int dir = make_dir(path);
	struct devices d;

	(void)state;
	put(dir, "0:7 5 x\n0:8\n");
	assert_int_equal(devices_note(dir, makedev(0, 7), NULL), 0);
	assert_int_equal(devices_note(dir, makedev(0, 8), NULL), 0);
	assert_int_equal(devices_note(dir, makedev(0, 9), NULL), 0);
	assert_int_equal(devices_read(dir, &d), 0);
	assert_int_equal(d.count, 3);
	assert_int_equal(d.list[0].since, 5);
	assert_string_equal(d.list[0].name, "x");
	assert_int_equal(d.list[1].since, 0); /* nobody knows */
	assert_int_equal(d.list[2].since, 0);
	assert_true(d.list[2].dev == makedev(0, 9));
	remove_dir(dir, path);
}

static void a_number_alone_may_be_anothers(void **state)
{
	const struct devices d = {
		.list = { { makedev(0, 7), 5, "resview-1" },
			  { makedev(0, 8), 5, "" } },
		.count = 2,
	};
	const struct slice unknown = { "", 0 };

	(void)state;
	assert_true(devices_have(&d, makedev(0, 7), slice_of("resview-1")));
	assert_false(devices_have(&d, makedev(0, 7), slice_of("resview-2")));
	assert_false(devices_have(&d, makedev(0, 7), slice_of("resview")));
	assert_false(devices_have(&d, makedev(0, 9), slice_of("resview-1")));
	assert_true(devices_have(&d, makedev(0, 7), unknown));
	assert_true(devices_have(&d, makedev(0, 8), slice_of("resview-2")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_makes_sense),
		cmocka_unit_test(remembers_the_newest),
		cmocka_unit_test(a_number_used_again_is_the_newest),
		cmocka_unit_test(a_number_alone_may_be_anothers),
		cmocka_unit_test(a_connection_that_goes_on_keeps_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
