/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "file.h"
#include "registry.h"
#include "str.h"

static int make_dir(void **state)
{
	static char path[] = "/tmp/test_registry.XXXXXX";

	*state = mkdtemp(path);
	return *state ? 0 : -1;
}

static int remove_dir(void **state)
{
	return rmdir(*state);
}

static int open_dir(void **state)
{
	return open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct record example(void)
{
	struct record rec = {
		.id = "c1_2.x+y-z",
		.pid = 4194304,
		.start_ticks = UINT64_MAX - 1,
		.mntns = { 4, 4026532456 },
		.boottime_offset = -86400000000000,
		.time_namespace = true,
		.cpu = CPU_HOST,
		.uptime = UPTIME_HOST,
		.required = true,
		.detached = true,
		.bundle = strdup("/b/\"odd\"\n\xc3\xa4"),
		.views = strdup("proc/meminfo,proc/stat"),
		.created = 1795255200,
	};

	rec.cgroups.path[CG_MEMORY] = strdup("/a/b c");
	rec.cgroups.path[CG_UNIFIED] = strdup("/");
	return rec;
}

static void comes_back_as_it_went(void **state)
{
	autoclose int dir = open_dir(state);
	autorecord struct record rec = example();
	autorecord struct record got = { 0 };
	struct stat st;

	assert_int_equal(registry_write(dir, &rec), 0);
	assert_int_equal(registry_write(dir, &rec), 0);
	assert_int_equal(fstatat(dir, "c1_2.x+y-z.json", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);

	assert_int_equal(registry_read(dir, rec.id, &got), 0);
	assert_string_equal(got.id, rec.id);
	assert_int_equal(got.pid, rec.pid);
	assert_true(got.start_ticks == rec.start_ticks);
	assert_int_equal(got.mntns.dev, 4);
	assert_int_equal(got.mntns.ino, 4026532456);
	assert_string_equal(got.cgroups.path[CG_MEMORY], "/a/b c");
	assert_string_equal(got.cgroups.path[CG_UNIFIED], "/");
	assert_null(got.cgroups.path[CG_CPU]);
	assert_true(got.boottime_offset == rec.boottime_offset);
	assert_true(got.time_namespace && got.required && got.detached);
	assert_int_equal(got.cpu, CPU_HOST);
	assert_int_equal(got.uptime, UPTIME_HOST);
	assert_string_equal(got.bundle, rec.bundle);
	assert_string_equal(got.views, rec.views);
	assert_int_equal(got.created, rec.created);

	assert_int_equal(registry_remove(dir, rec.id), 0);
	assert_int_equal(registry_remove(dir, rec.id), -ENOENT);
	assert_int_equal(registry_read(dir, rec.id, &got), -ENOENT);
}

static void ids_never_become_other_paths(void **state)
{
	char longest[RECORD_ID_MAX + 2] = { 0 };
	static const char *const bad[] = {
		"",    ".",    "..",       "a/b", "../a", "/a",
		"a b", "a\nb", "\xc3\xa4", "a%",  "a:b",
	};
	autoclose int dir = open_dir(state);
	autorecord struct record rec = example();
	autorecord struct record got = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(id_valid(bad[i]));
		(void)snprintf(rec.id, sizeof(rec.id), "%s", bad[i]);
		assert_int_equal(registry_write(dir, &rec), -EINVAL);
		assert_int_equal(registry_read(dir, bad[i], &got), -EINVAL);
		assert_int_equal(registry_remove(dir, bad[i]), -EINVAL);
	}

	memset(longest, 'x', RECORD_ID_MAX);
	assert_true(id_valid(longest));
	longest[RECORD_ID_MAX] = 'x';
	assert_false(id_valid(longest));
	assert_true(id_valid("...") && id_valid("a.."));
}

#define BASE(id, pid)                                                          \
	"\"version\":1,\"id\":\"" id "\",\"pid\":" pid                         \
	",\"start_ticks\":1,\"mntns\":{\"dev\":4,\"ino\":5}"
#define CGROUPS ",\"cgroups\":{\"memory\":\"/a\"}"

static int parse(const char *text)
{
	autorecord struct record rec = { 0 };

	return record_parse(text, strlen(text), &rec);
}

static void checks_every_member(void **state)
{
	static const char *const bad[] = {
		"{}",
		"{" BASE("a", "1") "}",
		"{" BASE("a", "0") CGROUPS "}",
		"{" BASE("a", "-1") CGROUPS "}",
		"{" BASE("a", "2147483648") CGROUPS "}",
		"{" BASE("a", "\"1\"") CGROUPS "}",
		"{" BASE("../a", "1") CGROUPS "}",
		"{" BASE("a", "1") ",\"cgroups\":{}}",
		"{" BASE("a", "1") ",\"cgroups\":{\"memory\":\"a\"}}",
		"{" BASE("a", "1") ",\"cgroups\":{\"memory\":\"/a/../b\"}}",
		"{" BASE("a", "1") CGROUPS ",\"cpu\":\"none\"}",
		"{" BASE("a", "1") CGROUPS ",\"uptime\":1}",
		"{" BASE("a", "1") CGROUPS ",\"required\":\"true\"}",
		"{" BASE("a", "1") CGROUPS ",\"detached\":1}",
		"{" BASE("a", "1") CGROUPS ",\"views\":[1]}",
		"{" BASE("a", "1") CGROUPS ",\"views\":[\"a,b\"]}",
		"{" BASE("a", "1") CGROUPS ",\"views\":\"a\"}",
		"{" BASE("a", "1") CGROUPS ",\"bundle\":7}",
		"{" BASE("a", "1") CGROUPS ",\"created\":-1}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (parse(bad[i]) != -EINVAL)
			fail_msg("taken: %s", bad[i]);

	assert_int_equal(parse("{\"version\":2,\"id\":7}"), -EPROTONOSUPPORT);
}

static void forgives_what_it_does_not_know(void **state)
{
	static const char text[] =
		"{" BASE("a", "1") CGROUPS ",\"later\":{\"x\":[1]}}";
	autorecord struct record rec = { 0 };

	(void)state;
	assert_int_equal(record_parse(text, strlen(text), &rec), 0);
	assert_int_equal(rec.cpu, CPU_QUOTA);
	assert_int_equal(rec.uptime, UPTIME_CONTAINER);
	assert_false(rec.required || rec.time_namespace || rec.detached);
	assert_string_equal(rec.bundle, "");
	assert_string_equal(rec.views, "");
}

static void a_file_names_its_own_container(void **state)
{
	static const char text[] = "{" BASE("a", "1") CGROUPS "}";
	autoclose int dir = open_dir(state);
	autorecord struct record rec = { 0 };

	assert_int_equal(file_replace(dir, "b.json", text, strlen(text), 0600),
			 0);
	assert_int_equal(registry_read(dir, "b", &rec), -EINVAL);
	assert_int_equal(registry_remove(dir, "b"), 0);
}

static void only_what_was_detached_says_so(void **state)
{
	autorecord struct record rec = example();
	autostr struct str text = { 0 };

	(void)state;
	assert_int_equal(record_format(&rec, &text), 0);
	assert_non_null(strstr(text.text, "\"detached\":true"));

	rec.detached = false;
	str_reset(&text);
	assert_int_equal(record_format(&rec, &text), 0);
	assert_null(strstr(text.text, "detached"));
}

struct walk {
	int dir;
	unsigned calls;
	unsigned stop; /* at this one */
};

static int visit(const struct record *rec, void *arg)
{
	struct walk *w = arg;

	w->calls++;
	assert_int_equal(registry_write(w->dir, rec), 0);
	if (w->calls == w->stop)
		return 7;
	if (strcmp(rec->id, "...") == 0)
		assert_int_equal(registry_remove(w->dir, rec->id), 0);
	return 0;
}

static void every_record_is_walked_once(void **state)
{
	static const char *const others[] = {
		"x", ".json", "c.jso", "d.json.1", "e.json.7.tmp", "b.json"
	};
	static const char *const ids[] = { "a", "...", "last.json" };
	char longest[NAME_MAX + 1];
	autoclose int dir = open_dir(state);
	autorecord struct record rec = example();
	struct walk w = { .dir = dir };

	memset(longest, 'x', RECORD_ID_MAX + 1);
	(void)snprintf(longest + RECORD_ID_MAX + 1,
		       sizeof(longest) - RECORD_ID_MAX - 1, ".json");
	assert_int_equal(registry_walk(dir, visit, &w), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		(void)snprintf(rec.id, sizeof(rec.id), "%s", ids[i]);
		assert_int_equal(registry_write(dir, &rec), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(file_replace(dir, others[i], "{}", 2, 0600),
				 0);
	assert_int_equal(file_replace(dir, longest, "{}", 2, 0600), 0);

	assert_int_equal(registry_walk(dir, visit, &w), 0);
	assert_int_equal(w.calls, 3);
	w = (struct walk){ .dir = dir, .stop = 1 };
	assert_int_equal(registry_walk(dir, visit, &w), 7);
	assert_int_equal(w.calls, 1);
	assert_int_equal(registry_walk(-1, visit, &w), -EBADF);

	assert_int_equal(registry_remove(dir, "a"), 0);
	assert_int_equal(registry_remove(dir, "..."), -ENOENT);
	assert_int_equal(registry_remove(dir, "last.json"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(unlinkat(dir, others[i], 0), 0);
	assert_int_equal(unlinkat(dir, longest, 0), 0);
}

static void sweeps_what_killed_writers_left(void **state)
{
	char path[] = "/tmp/test_registry.XXXXXX";
	static const char *const names[] = { "a.json", "a.json.7.tmp",
					     "b.json.8.tmp" };
	const struct timespec old[] = { { 1000, 0 }, { 1000, 0 } };
	autoclose int dir = -1;

	(void)state;
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(file_replace(dir, names[i], "{}", 2, 0600), 0);
	assert_int_equal(utimensat(dir, names[0], old, 0), 0);
	assert_int_equal(utimensat(dir, names[1], old, 0), 0);

	registry_sweep(dir, 1000);
	assert_int_equal(faccessat(dir, names[1], F_OK, 0), 0);
	registry_sweep(dir, 1001);
	assert_int_equal(faccessat(dir, names[1], F_OK, 0), -1);

	assert_int_equal(unlinkat(dir, names[0], 0), 0);
	assert_int_equal(unlinkat(dir, names[2], 0), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_went),
		cmocka_unit_test(ids_never_become_other_paths),
		cmocka_unit_test(checks_every_member),
		cmocka_unit_test(forgives_what_it_does_not_know),
		cmocka_unit_test(a_file_names_its_own_container),
		cmocka_unit_test(only_what_was_detached_says_so),
		cmocka_unit_test(every_record_is_walked_once),
		cmocka_unit_test(sweeps_what_killed_writers_left),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
