/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "attach.h"
#include "base.h"
#include "json.h"
#include "plan.h"
#include "select.h"
#include "str.h"

#define ON   "\"io.resview.enable\":\"true\""
#define OFF  "\"io.resview.enable\":\"false\""
#define LON  "\"io.kubernetes.lxcfs.enabled\":\"1\""
#define LOFF "\"io.kubernetes.lxcfs.enabled\":\"No\""

static struct json_object *parse(const char *text)
{
	struct json_object *json = NULL;

	if (text)
		assert_int_equal(json_parse(text, strlen(text), &json), 0);
	return json;
}

/* Selects into *RET, whose views must not be used after. */
static int choose(const char *state, const char *config, bool on,
		  struct selection *ret)
{
	autojson struct json_object *first = parse(state);
	autojson struct json_object *second = parse(config);

	return select_views(first, second, on, ret);
}

static void decides_who_gets_views(void **state)
{
	static const struct {
		const char *state;
		const char *config;
		bool on;
		bool want;
	} rows[] = {
		{ NULL, NULL, true, true },
		{ NULL, NULL, false, false },
		{ "{}", "{\"a\":\"b\"}", true, true },
		{ "{" ON "}", NULL, false, true },
		{ NULL, "{" ON "}", false, true },
		{ "{" OFF "}", NULL, true, false },
		{ "{" OFF "}", "{" ON "}", true, false },
		{ "{" ON "}", "{" OFF "}", false, true },
		{ "{" LON "}", NULL, false, true },
		{ "{" LOFF "}", NULL, true, false },
		{ "{" LOFF "," ON "}", NULL, false, true },
		{ "{" OFF "," LON "}", NULL, true, false },
		{ "{\"io.kubernetes.cri.container-type\":\"container\"}", NULL,
		  true, true },
		{ "{" ON ",\"io.kubernetes.cri.container-type\":\"sandbox\"}",
		  NULL, true, false },
		{ "{\"io.kubernetes.cri-o.ContainerType\":\"sandbox\"}", NULL,
		  true, false },
		{ NULL, "{\"io.kubernetes.docker.type\":\"podsandbox\"}", true,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autoselection struct selection s = { 0 };

		assert_int_equal(
			choose(rows[i].state, rows[i].config, rows[i].on, &s),
			0);
		if (s.on != rows[i].want)
			fail_msg("row %zu", i);
		assert_string_equal(str_text(&s.bad), "");
		assert_string_equal(str_text(&s.unknown), "");
	}
}

static void takes_policy_from_annotations(void **state)
{
	autojson struct json_object *a =
		parse("{\"io.resview.cpu\":\"host\","
		      "\"io.resview.uptime\":\"HOST\","
		      "\"io.resview.views\":\"meminfo,stat\"}");
	autoselection struct selection s = { 0 };
	autoselection struct selection none = { 0 };

	(void)state;
	assert_int_equal(select_views(NULL, a, true, &s), 0);
	assert_int_equal(s.cpu, CPU_HOST);
	assert_int_equal(s.uptime, UPTIME_HOST);
	assert_string_equal(s.views, "meminfo,stat");

	assert_int_equal(select_views(NULL, NULL, true, &none), 0);
	assert_int_equal(none.cpu, CPU_QUOTA);
	assert_int_equal(none.uptime, UPTIME_CONTAINER);
	assert_null(none.views);
}

static void names_what_it_does_not_understand(void **state)
{
	autoselection struct selection s = { 0 };
	autoselection struct selection none = { 0 };

	(void)state;
	assert_int_equal(choose("{\"io.resview.cpus\":\"2\","
				"\"io.resview.cpu\":\"fast\","
				"\"io.resview.enable\":\"perhaps\"}",
				"{\"io.resview.cpus\":\"2\","
				"\"io.resview.\":\"\"}",
				true, &s),
			 0);
	assert_string_equal(s.unknown.text, "io.resview.cpus io.resview.");
	assert_string_equal(s.bad.text, "io.resview.enable=perhaps "
					"io.resview.cpu=fast");
	assert_true(s.on);
	assert_int_equal(s.cpu, CPU_QUOTA);
	assert_int_equal(choose("{\"a\":1}", NULL, true, &none), -EINVAL);
}

/* Annotations like that many, "io.resview.0" to ... */
static void many(struct str *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		str_addf(out, "%s\"io.resview.%u\":\"\"", i ? "," : "{", i);
	str_adds(out, "}");
}

static void says_little_of_much(void **state)
{
	autoselection struct selection s = { 0 };
	autoselection struct selection unknown = { 0 };
	autostr struct str text = { 0 };
	autostr struct str names = { 0 };

	(void)state;
	str_adds(&text, "{\"io.resview.cpu\":\"");
	for (int i = 0; i < 100000; i++)
		str_adds(&text, "x");
	str_adds(&text, "\",\"io.resview.views\":\"");
	for (int i = 0; i < 1000; i++)
		str_adds(&text, "meminfo,");
	str_adds(&text, "stat\"}");
	assert_int_equal(choose(str_text(&text), NULL, true, &s), 0);
	assert_null(s.views);
	assert_memory_equal(s.bad.text, "io.resview.views=meminfo,", 25);
	assert_in_range(s.bad.len, 100, 200);

	many(&names, 10000);
	assert_int_equal(choose(str_text(&names), NULL, true, &unknown), 0);
	assert_memory_equal(unknown.unknown.text, "io.resview.0 ", 13);
	assert_in_range(unknown.unknown.len, 500, 600);
}

static void put(int dir, const char *path, const char *text)
{
	autoclose int fd =
		openat(dir, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void make_disk(int dir, const char *name)
{
	char path[64];
	char link[64];

	(void)snprintf(path, sizeof(path), "devices/virtual/%s", name);
	mkdirat(dir, path, 0700);
	(void)snprintf(path, sizeof(path), "devices/virtual/%s/stat", name);
	put(dir, path, "");
	(void)snprintf(path, sizeof(path), "../devices/virtual/%s", name);
	(void)snprintf(link, sizeof(link), "block/%s", name);
	assert_int_equal(symlinkat(path, dir, link), 0);
}

/* A sysfs with CPUs 0 to 199, of which 0 and 2 cannot be taken offline. */
static int make_sys(void **state)
{
	static char path[] = "/tmp/test_select.XXXXXX";
	autoclose int dir = -1;

	if (!mkdtemp(path))
		return -1;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(dir, "devices", 0700);
	mkdirat(dir, "devices/system", 0700);
	mkdirat(dir, "devices/system/cpu", 0700);
	put(dir, "devices/system/cpu/present", "0-199\n");
	for (int i = 0; i < 200; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "devices/system/cpu/cpu%d",
			       i);
		mkdirat(dir, name, 0700);
		(void)snprintf(name, sizeof(name),
			       "devices/system/cpu/cpu%d/online", i);
		if (i != 0 && i != 2)
			put(dir, name, "1\n");
	}

	mkdirat(dir, "block", 0700);
	mkdirat(dir, "devices/virtual", 0700);
	make_disk(dir, "vda");
	make_disk(dir, "sda");

	*state = path;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int remove_sys(void **state)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	return nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The first views that LIST stands for, and in *COUNT how many there are. */
static void plan(void **state, const char *list, struct str *out, size_t *count)
{
	autoclose int sys = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autofree struct attach_view *views = NULL;
	autostr struct str wrong = { 0 };

	assert_int_equal(plan_views(list, sys, &views, count, &wrong), 0);
	str_reset(out);
	for (size_t i = 0; i < *count && i < 4; i++) {
		str_addf(out, "%s ", views[i].path);
		assert_int_equal(views[i].source.fd, -1);
		assert_int_equal(views[i].writable,
				 strncmp(views[i].path, "proc/pressure/", 14) ==
					 0);
	}
}

/* Where the links in sys/block go. */
#define DISKS_AT "sys/devices/virtual/sda/stat sys/devices/virtual/vda/stat "

static void names_stand_for_views(void **state)
{
	static const struct {
		const char *list;
		const char *want;
		size_t count;
	} rows[] = {
		{ "meminfo", "proc/meminfo ", 1 },
		{ "proc/meminfo", "proc/meminfo ", 1 },
		{ "/proc/meminfo,meminfo", "proc/meminfo ", 1 },
		{ "stat,meminfo", "proc/meminfo proc/stat ", 2 },
		{ "pressure/cpu", "proc/pressure/cpu ", 1 },
		{ "pressure",
		  "proc/pressure/cpu proc/pressure/io proc/pressure/memory ",
		  3 },
		{ "/sys/devices/system/cpu/online",
		  "sys/devices/system/cpu/online ", 1 },
		{ "cpu/online", "sys/devices/system/cpu/online ", 1 },
		{ "block", DISKS_AT, 2 },
		{ "meminfo,sys/block", "proc/meminfo " DISKS_AT, 3 },
		{ "/sys/block/*/stat", DISKS_AT, 2 },
		{ "partitions", "proc/partitions ", 1 },
		{ "cpu/cpu*/online",
		  "sys/devices/system/cpu/cpu1/online "
		  "sys/devices/system/cpu/cpu3/online "
		  "sys/devices/system/cpu/cpu4/online "
		  "sys/devices/system/cpu/cpu5/online ",
		  PLAN_STARS_MAX },
	};
	autostr struct str got = { 0 };
	size_t all;
	size_t count;
	size_t other;
	size_t cpus;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		plan(state, rows[i].list, &got, &count);
		assert_string_equal(got.text, rows[i].want);
		assert_int_equal(count, rows[i].count);
	}

	plan(state, NULL, &got, &all);
	plan(state, "all", &got, &count);
	assert_int_equal(all, count);
	plan(state, "proc", &got, &count);
	plan(state, "sys", &got, &other);
	assert_int_equal(count + other, all);
	plan(state, "cpu", &got, &cpus);
	plan(state, "node", &got, &count);
	assert_int_equal(cpus + count, other);

	/* What has to be asked for. */
	plan(state, "all,proc,sys", &got, &count);
	assert_int_equal(count, all);
	plan(state, "all,block,partitions", &got, &count);
	assert_int_equal(count, all + 3);
}

static void refuses_names_of_nothing(void **state)
{
	static const struct {
		const char *list;
		const char *wrong;
	} rows[] = {
		{ "", "" },
		{ "meminfos", "meminfos" },
		{ "mem", "mem" },
		{ "meminfo,,stat", "" },
		{ "stat,../shadow", "../shadow" },
		{ "/", "/" },
		{ "proc/", "proc/" },
		{ "meminfo/", "meminfo/" },
	};
	autoclose int sys = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct attach_view *views;
	size_t count;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostr struct str wrong = { 0 };

		if (plan_views(rows[i].list, sys, &views, &count, &wrong) !=
		    -EINVAL)
			fail_msg("taken: %s", rows[i].list);
		assert_string_equal(str_text(&wrong), rows[i].wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_who_gets_views),
		cmocka_unit_test(takes_policy_from_annotations),
		cmocka_unit_test(names_what_it_does_not_understand),
		cmocka_unit_test(says_little_of_much),
		cmocka_unit_test(names_stand_for_views),
		cmocka_unit_test(refuses_names_of_nothing),
	};

	return cmocka_run_group_tests(tests, make_sys, remove_sys);
}
