/* SPDX-License-Identifier: Apache-2.0 */
/* What a '*' in a view's path stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "stars.h"
#include "str.h"
#include "view.h"

static void a_star_is_one_name(void **state)
{
	static const struct {
		const char *path;
		const char *text; /* NULL: no view */
		unsigned number;
	} rows[] = {
		{ "sys/devices/system/cpu/cpu0/online", "0", 0 },
		{ "sys/devices/system/cpu/cpu511/online", "511", 511 },
		{ "sys/devices/system/cpu/cpu8191/online", "8191", 8191 },
		{ "sys/devices/system/cpu/cpu8192/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu4294967296/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu01/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu00/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu-1/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu1x/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu*/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu1/onlines", NULL, 0 },
		{ "sys/devices/system/cpu/cpu1/online/", NULL, 0 },
		{ "sys/devices/system/cpu/cpu1/2/online", NULL, 0 },
		{ "sys/devices/system/cpu/cpu1", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct star star = { "unset", 77 };
		const struct view *view = view_find(rows[i].path, &star);

		if (!view != !rows[i].text)
			fail_msg("%s", rows[i].path);
		if (!view)
			continue;
		assert_int_equal(view->star, STAR_CPU);
		assert_string_equal(star.text, rows[i].text);
		assert_int_equal(star.number, rows[i].number);
	}
}

static void a_name_may_be_a_star(void **state)
{
	static const struct view cpu = { .path = "a/cpu*/online",
					 .star = STAR_CPU };
	static const struct view node = { .path = "b/node*/meminfo",
					  .star = STAR_NODE };
	static const struct view disk = { .path = "sys/block/*/stat",
					  .star = STAR_DISK };
	static const struct {
		const struct view *row;
		const char *name;
		const char *text;
	} rows[] = {
		{ &cpu, "cpu12", "12" },
		{ &cpu, "cpufreq", NULL },
		{ &cpu, "cp", NULL },
		{ &node, "node0", "0" },
		{ &node, "node1023", "1023" },
		{ &node, "node1024", NULL },
		{ &node, "node01", NULL },
		{ &node, "node", NULL },
		{ &disk, "vda", "vda" },
		{ &disk, "cciss!c0d0", "cciss!c0d0" },
		{ &disk, "a234567890123456789012345678901",
		  "a234567890123456789012345678901" },
		{ &disk, "a2345678901234567890123456789012", NULL },
		{ &disk, ".", NULL },
		{ &disk, "..", NULL },
		{ &disk, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct star star = { "", 0 };
		bool is = view_star(rows[i].row, rows[i].name, &star);

		if (is != (rows[i].text != NULL))
			fail_msg("%s", rows[i].name);
		if (is)
			assert_string_equal(star.text, rows[i].text);
	}
}

static void a_disk_is_elsewhere(void **state)
{
	static const struct {
		const char *path;
		const char *served;
	} rows[] = {
		{ "proc/meminfo", "proc/meminfo" },
		{ "sys/block/vda/stat", "sys/block/vda/stat" },
		{ "sys/devices/pci0000:00/0000:00:05.0/virtio2/block/vda/stat",
		  "sys/block/vda/stat" },
		{ "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/"
		  "stat",
		  "sys/block/nvme0n1/stat" },
		{ "sys/devices/virtual/block/cciss!c0d0/stat",
		  "sys/block/cciss!c0d0/stat" },
		{ "sys/devices/vda/stat", "sys/block/vda/stat" },
		{ "sys/devices/virtual/block/vda/stats",
		  "sys/devices/virtual/block/vda/stats" },
		{ "sys/devices/virtual/block/../stat",
		  "sys/devices/virtual/block/../stat" },
		{ "sys/devices/virtual/block//stat",
		  "sys/devices/virtual/block//stat" },
		{ "sys/devices/stat", "sys/devices/stat" },
		{ "sys/devices/system/cpu/cpu1/online",
		  "sys/devices/system/cpu/cpu1/online" },
		{ "stat", "stat" },
		{ "/stat", "/stat" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostr struct str got = { 0 };

		view_served(rows[i].path, &got);
		assert_string_equal(str_text(&got), rows[i].served);
	}
}

static void put(int dir, const char *path, const char *text)
{
	autoclose int fd =
		openat(dir, path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int collect(void *arg, const char *star)
{
	str_addf(arg, "%s ", star);
	return strcmp(star, "stop") == 0 ? 7 : 0;
}

static void assert_stars(int sys, enum star_kind kind, const char *want)
{
	autostr struct str got = { 0 };

	assert_int_equal(stars_each(kind, sys, collect, &got), 0);
	assert_string_equal(str_text(&got), want);
}

/* Links of any kind in block/. */
static void assert_stars_lead(int sys)
{
	static const struct {
		const char *name;
		const char *link; /* NULL: a directory */
		int r;
		const char *path;
	} rows[] = {
		{ "one", "../devices/one", 0, "sys/devices/one/stat" },
		{ "two", NULL, 0, "sys/block/two/stat" },
		{ "up", "../../devices/one", -ENOENT, "" },
		{ "out", "../devices/../../one", -ENOENT, "" },
		{ "away", "/etc", -ENOENT, "" },
		{ "comma", "../devices/a,b", -ENAMETOOLONG, "" },
	};
	const struct view *row = view_find("sys/block/one/stat", NULL);

	assert_int_equal(mkdirat(sys, "devices/one", 0700), 0);
	assert_int_equal(mkdirat(sys, "devices/a,b", 0700), 0);
	assert_int_equal(mkdirat(sys, "block/two", 0700), 0);
	put(sys, "devices/one/stat", "");
	put(sys, "devices/a,b/stat", "");
	put(sys, "block/two/stat", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostr struct str got = { 0 };
		char path[64];

		(void)snprintf(path, sizeof(path), "block/%s", rows[i].name);
		if (rows[i].link)
			assert_int_equal(symlinkat(rows[i].link, sys, path), 0);
		(void)snprintf(path, sizeof(path), "sys/block/%s/stat",
			       rows[i].name);
		assert_int_equal(star_path(row, sys, path, &got), rows[i].r);
		assert_string_equal(str_text(&got), rows[i].path);
		(void)snprintf(path, sizeof(path), "block/%s", rows[i].name);
		if (rows[i].link)
			assert_int_equal(unlinkat(sys, path, 0), 0);
	}
	assert_int_equal(unlinkat(sys, "block/two/stat", 0), 0);
	assert_int_equal(unlinkat(sys, "block/two", AT_REMOVEDIR), 0);
}

static void the_host_has_them(void **state)
{
	static const char *const dirs[] = {
		"devices",
		"devices/system",
		"devices/system/cpu",
		"devices/system/node",
		"devices/system/node/node2",
		"devices/system/node/node10",
		"devices/system/node/node0",
		"devices/system/node/power",
		"block",
		"block/vdb",
		"block/vda",
		"block/cciss!c0d0",
	};
	char top[] = "/tmp/test_stars.XXXXXX";
	autoclose int sys = -1;
	autostr struct str got = { 0 };

	(void)state;
	assert_non_null(mkdtemp(top));
	sys = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_stars(sys, STAR_NODE, "");
	assert_stars(sys, STAR_DISK, "");
	assert_stars(sys, STAR_NONE, "");
	assert_int_equal(stars_each(STAR_CPU, sys, collect, &got), -ENOENT);

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		assert_int_equal(mkdirat(sys, dirs[i], 0700), 0);
	put(sys, "devices/system/cpu/present", "0,2-3,8191\n");
	assert_stars(sys, STAR_CPU, "0 2 3 8191 ");
	assert_stars(sys, STAR_NODE, "0 2 10 ");
	assert_stars(sys, STAR_DISK, "cciss!c0d0 vda vdb ");

	assert_stars_lead(sys);
	assert_int_equal(mkdirat(sys, "block/stop", 0700), 0);
	assert_int_equal(stars_each(STAR_DISK, sys, collect, &got), 7);
	assert_string_equal(str_text(&got), "cciss!c0d0 stop ");

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	assert_int_equal(nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_star_is_one_name),
		cmocka_unit_test(a_name_may_be_a_star),
		cmocka_unit_test(a_disk_is_elsewhere),
		cmocka_unit_test(the_host_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
