/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "mountinfo.h"
#include "str.h"

static const char text[] =
	"22 27 0:21 / /proc rw,relatime - proc proc rw\n"
	"not a mount\n"
	"23 x 0:21 / /proc rw - proc proc rw\n"
	"24 27 0: / /proc rw - proc proc rw\n"
	"25 27 0:21 / /proc rw shared:1 proc proc rw\n"
	"31 22 0:53 /containers/a/proc/stat /proc/stat ro,nosuid shared:7 "
	"master:3 propagate_from:2 odd unbindable - fuse.resview resviewd ro\n"
	"32 22 259:1048575 / /a\\040b\\012\\134c\\9 rw master:5 - ext4 /dev/x "
	"rw";

static void reads_what_it_needs(void **state)
{
	struct slice rest = slice_of(text);
	struct mountinfo m;

	(void)state;
	assert_true(mountinfo_next(&rest, &m));
	assert_int_equal(m.id, 22);
	assert_int_equal(m.parent, 27);
	assert_true(m.dev == makedev(0, 21));
	assert_true(slice_is(m.root, "/") && slice_is(m.target, "/proc"));
	assert_true(slice_is(m.type, "proc"));
	assert_true(m.shared == 0 && m.master == 0);

	assert_true(mountinfo_next(&rest, &m));
	assert_int_equal(m.id, 31);
	assert_true(slice_is(m.root, "/containers/a/proc/stat"));
	assert_true(slice_is(m.type, "fuse.resview"));
	assert_true(slice_is(m.source, "resviewd"));
	assert_true(m.shared == 7 && m.master == 3);

	assert_true(mountinfo_next(&rest, &m));
	assert_true(m.dev == makedev(259, 1048575));
	assert_true(m.shared == 0 && m.master == 5);
	assert_false(mountinfo_next(&rest, &m));
}

static void finds_by_id(void **state)
{
	struct mountinfo m;

	(void)state;
	assert_true(mountinfo_find(slice_of(text), 31, &m));
	assert_true(slice_is(m.target, "/proc/stat"));
	assert_false(mountinfo_find(slice_of(text), 24, &m));
	assert_false(mountinfo_find(slice_of(""), 0, &m));
}

static void unescapes_octal_only(void **state)
{
	autostr struct str out = { 0 };
	struct mountinfo m;

	(void)state;
	assert_true(mountinfo_find(slice_of(text), 32, &m));
	mountinfo_unescape(m.target, &out);
	assert_string_equal(out.text, "/a b\n\\c\\9");

	str_reset(&out);
	mountinfo_unescape(slice_of("\\04"), &out);
	assert_string_equal(out.text, "\\04");

	assert_true(mountinfo_is(m.target, "/a b\n\\c\\9"));
	assert_false(mountinfo_is(m.target, "/a b\n\\c\\8"));
	assert_false(mountinfo_is(m.target, "/a b\n\\c\\"));
	assert_true(mountinfo_is(slice_of("/a\\134040"), "/a\\040"));
	assert_true(mountinfo_is(slice_of(""), ""));
	assert_false(mountinfo_is(slice_of(""), "a"));
	assert_false(mountinfo_is(slice_of("abcd"), "a"));
	assert_false(mountinfo_is(slice_of("\\04"), "\\041"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_needs),
		cmocka_unit_test(finds_by_id),
		cmocka_unit_test(unescapes_octal_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
