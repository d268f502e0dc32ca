/* SPDX-License-Identifier: Apache-2.0 */
/* What happens over time: limits change, disks and cgroups go away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "cgroup.h"
#include "container.h"
#include "file.h"
#include "fixture.h"
#include "snapshot.h"
#include "state.h"
#include "str.h"
#include "view.h"

/* A fixture that is written as the test goes on. */
struct box {
	char path[32];
	int dir;
	struct fixture f;
};

static void put(struct box *b, const char *path, const char *text)
{
	assert_int_equal(file_replace(b->dir, path, text, strlen(text), 0644),
			 0);
}

/* Like the kernel's files: the same inode gets other content. */
static void change(struct box *b, const char *path, const char *text)
{
	autoclose int fd = openat(b->dir, path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static const char *const folders[] = { "proc", "sys", "cgroup", "init",
				       "cgroup/box" };
static const char *const files[][2] = {
	{ "proc/meminfo", "MemTotal: 1048576 kB\nMemFree: 524288 kB\n"
			  "MemAvailable: 700000 kB\n" },
	{ "proc/vmstat", "nr_free_pages 1\npgpgin 2\npgfault 3\noom_kill 4\n" },
	{ "proc/diskstats",
	  "   8       0 sda 1 2 3\n   8      16 sdb 1 2 3\n" },
	{ "init/cgroup", "0::/box\n" },
	{ "cgroup/cgroup.controllers", "memory io\n" },
	{ "cgroup/box/cgroup.procs", "" },
	{ "cgroup/box/memory.max", "67108864\n" },
	{ "cgroup/box/memory.current", "33554432\n" },
	{ "cgroup/box/memory.stat", "anon 8192\npgfault 77\n" },
	{ "cgroup/box/memory.events", "oom_kill 5\n" },
	{ "cgroup/box/io.stat", "8:16 rbytes=10240 rios=2\n" },
};

static int box_make(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	(void)snprintf(b->path, sizeof(b->path), "/tmp/resview-test.XXXXXX");
	assert_non_null(mkdtemp(b->path));
	b->dir = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(b->dir >= 0);

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(mkdirat(b->dir, folders[i], 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put(b, files[i][0], files[i][1]);
	assert_int_equal(fixture_open(b->path, &b->f), 0);

	*state = b;
	return 0;
}

static int box_remove(void **state)
{
	struct box *b = *state;

	fixture_close(&b->f);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		(void)unlinkat(b->dir, files[i][0], 0);
	for (size_t i = ARRAY_SIZE(folders); i-- > 0;)
		(void)unlinkat(b->dir, folders[i], AT_REMOVEDIR);
	close(b->dir);
	(void)rmdir(b->path);
	free(b);
	return 0;
}

static void assert_shows(struct box *b, const char *view, const char *want)
{
	autostr struct str got = { 0 };

	assert_int_equal(fixture_render(&b->f, view, &got), 0);
	assert_string_equal(str_text(&got), want);
}

static void a_new_limit_shows_after_a_moment(void **state)
{
	struct box *b = *state;
	const char *before = "MemTotal:          65536 kB\n"
			     "MemFree:           32768 kB\n"
			     "MemAvailable:      32768 kB\n";

	assert_shows(b, "proc/meminfo", before);
	change(b, "cgroup/box/memory.max", "134217728\n");
	b->f.now_ns += LIMITS_FRESH_NS - 1;
	assert_shows(b, "proc/meminfo", before);
	b->f.now_ns += 1;
	assert_shows(
		b, "proc/meminfo",
		"MemTotal:         131072 kB\nMemFree:           98304 kB\n"
		"MemAvailable:      98304 kB\n");
}

static void a_disk_stays_once_it_appeared(void **state)
{
	struct box *b = *state;

	assert_shows(b, "proc/diskstats",
		     "   8      16 sdb 2 0 20 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
	assert_shows(b, "proc/vmstat",
		     "nr_free_pages 8192\npgpgin 10\npgfault 77\noom_kill 5\n");

	change(b, "cgroup/box/io.stat", "8:0 rbytes=1024 rios=1\n");
	assert_shows(b, "proc/diskstats",
		     "   8       0 sda 1 0 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
		     "   8      16 sdb 2 0 20 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
	assert_shows(b, "proc/vmstat",
		     "nr_free_pages 8192\npgpgin 10\npgfault 77\noom_kill 5\n");
}

/* A process that begins with nothing but the state of the one before. */
static void a_disk_stays_after_a_crash(void **state)
{
	struct box *b = *state;
	struct fixture next;

	assert_shows(b, "proc/diskstats",
		     "   8      16 sdb 2 0 20 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
	change(b, "cgroup/box/io.stat", "");
	assert_int_equal(fixture_open(b->path, &next), 0);
	memcpy(next.state, b->f.state,
	       container_state_size(next.state->cputime_cpus) + DISKS_SIZE);
	fixture_close(&b->f);
	b->f = next;
	assert_shows(b, "proc/diskstats",
		     "   8      16 sdb 2 0 20 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
}

/* Whatever was left behind, nobody looks beyond the list. */
static void more_disks_than_there_may_be(void **state)
{
	struct box *b = *state;

	b->f.state->disks.n = UINT64_MAX;
	assert_shows(b, "proc/diskstats", "");
}

static void a_removed_cgroup_shows_its_last_figures(void **state)
{
	static const char *const views[] = { "proc/meminfo", "proc/vmstat",
					     "proc/diskstats", "proc/swaps" };
	struct box *b = *state;
	struct str before[ARRAY_SIZE(views)] = { { 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		assert_int_equal(fixture_render(&b->f, views[i], &before[i]),
				 0);

	cgroup_trim(b->f.container->cgroup);
	for (size_t i = 5; i < ARRAY_SIZE(files); i++)
		assert_int_equal(unlinkat(b->dir, files[i][0], 0), 0);

	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		assert_shows(b, views[i], str_text(&before[i]));
		str_free(&before[i]);
	}
}

/* Gone before anything was read: no limit is known, and nothing is used. */
static void a_cgroup_never_seen_alive_uses_nothing(void **state)
{
	struct box *b = *state;

	for (size_t i = 5; i < ARRAY_SIZE(files); i++)
		assert_int_equal(unlinkat(b->dir, files[i][0], 0), 0);

	assert_shows(
		b, "proc/meminfo",
		"MemTotal:        1048576 kB\nMemFree:          524288 kB\n"
		"MemAvailable:     700000 kB\n");
	assert_shows(b, "proc/vmstat",
		     "nr_free_pages 131072\npgpgin 0\npgfault 0\noom_kill 0\n");
	assert_shows(b, "proc/diskstats", "");
}

/* A thread renders for the machine and for containers in turn. */
static void a_snapshot_forgets_the_machine(void **state)
{
	static const char *const views[] = { "proc/diskstats", "proc/vmstat",
					     "proc/meminfo" };
	struct snapshot s = { 0 };
	struct fixture machine;
	struct fixture box;

	(void)state;
	assert_int_equal(fixture_open("memory-v2-root", &machine), 0);
	assert_int_equal(fixture_open("memory-v2-limited", &box), 0);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		const struct view *v = view_find(views[i], NULL);
		autostr struct str want = { 0 };
		autostr struct str got = { 0 };

		assert_int_equal(container_gather(machine.container, v->needs,
						  machine.now_ns, &s),
				 0);
		assert_true(s.disks.host || s.memory.host);
		snapshot_reset(&s);
		assert_int_equal(container_gather(box.container, v->needs,
						  box.now_ns, &s),
				 0);
		v->render(&s, &got);
		assert_int_equal(fixture_render(&box, views[i], &want), 0);
		assert_string_equal(str_text(&got), str_text(&want));
		snapshot_reset(&s);
	}

	snapshot_free(&s);
	fixture_close(&box);
	fixture_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_new_limit_shows_after_a_moment, box_make, box_remove),
		cmocka_unit_test_setup_teardown(a_disk_stays_after_a_crash,
						box_make, box_remove),
		cmocka_unit_test_setup_teardown(a_disk_stays_once_it_appeared,
						box_make, box_remove),
		cmocka_unit_test_setup_teardown(more_disks_than_there_may_be,
						box_make, box_remove),
		cmocka_unit_test_setup_teardown(
			a_removed_cgroup_shows_its_last_figures, box_make,
			box_remove),
		cmocka_unit_test_setup_teardown(
			a_cgroup_never_seen_alive_uses_nothing, box_make,
			box_remove),
		cmocka_unit_test(a_snapshot_forgets_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
