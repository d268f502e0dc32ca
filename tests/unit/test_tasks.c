/* SPDX-License-Identifier: Apache-2.0 */
/* Which threads are counted, how often, and how many at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "container.h"
#include "fixture.h"
#include "gather.h"
#include "load.h"
#include "snapshot.h"
#include "str.h"
#include "tasks.h"
#include "threads.h"
#include "tree.h"

#define SEC NSEC_PER_SEC

struct test {
	struct tree tree;
	struct fixture f;
	struct snapshot s;
};

static void test_open(struct test *t)
{
	memset(t, 0, sizeof(*t));
	tree_make(&t->tree);
	tree_write(&t->tree, "sys/devices/system/cpu/possible", "0-1\n");
	tree_write(&t->tree, "init/info", "now_ns %llu\npid 100\n", 1000 * SEC);
	tree_thread(&t->tree, 100, 'S', 10, "100 1");
}

/* A v2 container with these threads. */
static void test_open_v2(struct test *t, const char *threads)
{
	test_open(t);
	tree_write(&t->tree, "cgroup/cgroup.controllers", "cpu pids\n");
	tree_write(&t->tree, "init/cgroup", "0::/box\n");
	tree_write(&t->tree, "cgroup/box/cgroup.procs", "100\n");
	tree_write(&t->tree, "cgroup/box/cgroup.threads", "%s", threads);
	assert_int_equal(fixture_open(t->tree.path, &t->f), 0);
}

static void test_close(struct test *t)
{
	snapshot_free(&t->s);
	fixture_close(&t->f);
	tree_remove(&t->tree);
}

static const struct tasks *tasks_at(struct test *t, uint64_t now_ns)
{
	assert_int_equal(tasks_gather(t->f.container, now_ns, &t->s), 0);
	return &t->s.tasks;
}

static void counts_the_whole_sub_tree(void **state)
{
	struct test t;
	const struct tasks *n;

	(void)state;
	test_open_v2(&t, "100\n101\n");
	tree_write(&t.tree, "cgroup/box/a/cgroup.threads", "102\n");
	tree_write(&t.tree, "cgroup/box/a/b/c/d/e/f/cgroup.threads", "103\n");
	tree_write(&t.tree, "cgroup/box/z/cgroup.threads", "104\n999\n");
	tree_write(&t.tree, "cgroup/other/cgroup.threads", "105\n");
	tree_thread(&t.tree, 101, 'R', 20, "101 2");
	tree_thread(&t.tree, 102, 'D', 30, "102 3");
	tree_thread(&t.tree, 103, 'R', 50, "103 41 7");
	tree_thread(&t.tree, 104, 'I', 40, "104 5");
	tree_thread(&t.tree, 105, 'R', 60, "105 6");

	n = tasks_at(&t, 1000 * SEC);
	assert_int_equal(n->running, 2);
	assert_int_equal(n->blocked, 1);
	assert_int_equal(n->total, 6); /* 999 is gone, but was listed */
	/* In the container's pid namespace, not in the one nested in it. */
	assert_int_equal(n->newest, 41);
	assert_int_equal(n->forks, 41);
	test_close(&t);
}

static void v1_has_tasks_files(void **state)
{
	struct test t;
	const struct tasks *n;

	(void)state;
	test_open(&t);
	tree_write(&t.tree, "init/cgroup",
		   "4:memory:/box\n3:cpuacct:/box\n0::/\n");
	tree_write(&t.tree, "cgroup/memory/tasks", "1\n");
	tree_write(&t.tree, "cgroup/memory/box/tasks", "1\n");
	tree_write(&t.tree, "cgroup/cpuacct/box/tasks", "100\n101\n");
	tree_write(&t.tree, "cgroup/cpuacct/box/cgroup.procs", "100\n");
	tree_write(&t.tree, "cgroup/cpuacct/box/sub/tasks", "102\n");
	tree_write(&t.tree, "cgroup/unified/cgroup.controllers", "\n");
	tree_write(&t.tree, "cgroup/unified/cgroup.threads", "1\n2\n3\n");
	tree_thread(&t.tree, 101, 'R', 20, "101 2");
	tree_thread(&t.tree, 102, 'R', 30, "102 3");
	assert_int_equal(fixture_open(t.tree.path, &t.f), 0);

	n = tasks_at(&t, 1000 * SEC);
	assert_int_equal(n->running, 2);
	assert_int_equal(n->total, 3);
	assert_int_equal(n->newest, 3);
	test_close(&t);
}

/* Nothing there but the reader; a thread from outside has no pid here. */
static void an_empty_cgroup_has_its_reader(void **state)
{
	struct test t;
	const struct tasks *n;

	(void)state;
	test_open_v2(&t, "garbage -5 0\n99999999999999999999 200x\n");
	tree_thread(&t.tree, 200, 'S', 99, "200");
	n = tasks_at(&t, 1000 * SEC);
	assert_int_equal(n->running, 1);
	assert_int_equal(n->blocked, 0);
	assert_int_equal(n->newest, 0);
	test_close(&t);
}

static void a_count_is_good_for_a_second(void **state)
{
	struct test t;

	(void)state;
	test_open_v2(&t, "100\n");
	assert_int_equal(tasks_at(&t, 1000 * SEC)->total, 1);
	assert_int_equal(t.s.tasks.forks, 1);

	tree_write(&t.tree, "cgroup/box/cgroup.threads", "100\n101\n102\n");
	tree_thread(&t.tree, 101, 'R', 20, "101 9");
	assert_int_equal(tasks_at(&t, 1000 * SEC + SEC / 2)->total, 1);
	assert_int_equal(tasks_at(&t, 1001 * SEC)->total, 3);
	assert_int_equal(t.s.tasks.newest, 9);

	/* Forks never go back, when the newest has gone. */
	tree_write(&t.tree, "cgroup/box/cgroup.threads", "100\n");
	assert_int_equal(tasks_at(&t, 1002 * SEC)->newest, 1);
	assert_int_equal(t.s.tasks.forks, 9);
	test_close(&t);
}

/* A list of N threads, of which every fourth runs. They are the same few again
 * and again, which nobody notices. */
#define FEW 40
static void many_threads(struct test *t, int n)
{
	autostr struct str list = { 0 };

	for (int i = 0; i < FEW; i++) {
		char nspid[32];

		(void)snprintf(nspid, sizeof(nspid), "%d %d", 1000 + i, 2 + i);
		tree_thread(&t->tree, 1000 + i, i % 4 ? 'S' : 'R',
			    100 + (unsigned)i, nspid);
	}
	for (int i = 0; i < n; i++)
		str_addf(&list, "%d\n", 1000 + i % FEW);
	tree_write(&t->tree, "cgroup/box/cgroup.threads", "%s",
		   str_text(&list));
}

static void a_request_visits_no_more_than_its_share(void **state)
{
	static const struct threads_bounds bounds = { .dirs = 4,
						      .listed = 500,
						      .visited = 100 };
	struct threads_found found;
	struct test t;

	(void)state;
	test_open_v2(&t, "");
	many_threads(&t, 1000);
	assert_int_equal(
		threads_scan(host_proc(t.f.host),
			     cgroup_dir(t.f.container->cgroup, CG_UNIFIED),
			     true, &bounds, &found),
		0);
	assert_int_equal(found.listed, 500);
	assert_int_equal(found.visited, 100);
	assert_false(found.complete);

	/* An estimate: a quarter of them runs. */
	assert_in_range(tasks_at(&t, 1000 * SEC)->running, 200, 300);
	assert_int_equal(t.s.tasks.total, 1000);
	assert_int_equal(t.s.tasks.newest, FEW + 1);
	test_close(&t);
}

static void a_large_container_is_left_to_the_sampler(void **state)
{
	struct test t;
	uint64_t active = 0;

	(void)state;
	test_open_v2(&t, "");
	many_threads(&t, 600);
	assert_int_equal(tasks_sample(t.f.container, 1000 * SEC, &active), 0);
	assert_int_equal(active, 150);

	tree_write(&t.tree, "cgroup/box/cgroup.threads", "100\n");
	assert_int_equal(tasks_at(&t, 1010 * SEC)->running, 150);
	tasks_still(t.f.container, 1010 * SEC);
	assert_int_equal(tasks_at(&t, 1020 * SEC)->running, 150);
	/* A sampler that has died is not believed for ever. */
	assert_int_equal(tasks_at(&t, 1026 * SEC)->total, 1);
	test_close(&t);
}

/* What a container may build to slow us down: very deep, or very wide. */
static void trees_are_bounded(void **state)
{
	static const struct threads_bounds bounds = { .dirs = 100,
						      .listed = 1000,
						      .visited = 10 };
	autostr struct str deep = { 0 };
	struct threads_found found;
	struct test t;
	int dir;

	(void)state;
	test_open_v2(&t, "100\n");
	dir = cgroup_dir(t.f.container->cgroup, CG_UNIFIED);
	str_adds(&deep, "cgroup/box/");
	for (int i = 0; i < 80; i++)
		str_adds(&deep, "d/");
	str_adds(&deep, "cgroup.threads");
	tree_write(&t.tree, deep.text, "100\n");
	assert_int_equal(
		threads_scan(host_proc(t.f.host), dir, true, &bounds, &found),
		0);
	assert_false(found.complete);
	assert_in_range(found.dirs, THREADS_DEPTH_MAX, THREADS_DEPTH_MAX + 1);

	for (int i = 0; i < 200; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name),
			       "cgroup/box/w%d/cgroup.threads", i);
		tree_write(&t.tree, name, "100\n");
	}
	assert_int_equal(
		threads_scan(host_proc(t.f.host), dir, true, &bounds, &found),
		0);
	assert_false(found.complete);
	assert_int_equal(found.dirs, 100);
	test_close(&t);
}

/* More than can be listed: the pids controller knows how many. */
static void pids_current_helps_when_the_list_is_cut(void **state)
{
	struct test t;

	(void)state;
	test_open_v2(&t, "");
	many_threads(&t, 4200);
	tree_write(&t.tree, "cgroup/box/pids.current", "8400\n");
	assert_int_equal(tasks_at(&t, 1000 * SEC)->total, 8400);
	assert_in_range(t.s.tasks.running, 1700, 2500);
	test_close(&t);
}

static void a_cgroup_that_is_gone_has_what_it_had(void **state)
{
	struct test t;

	(void)state;
	test_open_v2(&t, "100\n");
	assert_int_equal(tasks_at(&t, 1000 * SEC)->total, 1);
	tree_unlink(&t.tree, "cgroup/box/cgroup.threads");
	tree_unlink(&t.tree, "cgroup/box/cgroup.procs");
	assert_int_equal(unlinkat(t.tree.fd, "cgroup/box", 0x200), 0);
	assert_int_equal(tasks_at(&t, 1002 * SEC)->total, 1);
	test_close(&t);
}

static void nspid_is_taken_at_the_right_depth(void **state)
{
	static const char text[] = "Name:\tx\nNSpidx:\t9\nNSpid:\t7\t5\t3\n";
	unsigned count = 0;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(threads_nspid_parse(text, 1, &pid, &count), 0);
	assert_int_equal(pid, 7);
	assert_int_equal(count, 3);
	assert_int_equal(threads_nspid_parse(text, 2, &pid, &count), 0);
	assert_int_equal(pid, 5);
	assert_int_equal(threads_nspid_parse(text, 0, &pid, &count), 0);
	assert_int_equal(pid, 3);
	assert_int_equal(threads_nspid_parse(text, 4, &pid, &count), -ENOENT);
	assert_int_equal(threads_nspid_parse("Name:\tx\n", 0, &pid, &count),
			 -EINVAL);
	assert_int_equal(threads_nspid_parse("NSpid:\tx\n", 0, &pid, &count),
			 -EINVAL);
	assert_int_equal(pid, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_the_whole_sub_tree),
		cmocka_unit_test(v1_has_tasks_files),
		cmocka_unit_test(an_empty_cgroup_has_its_reader),
		cmocka_unit_test(a_count_is_good_for_a_second),
		cmocka_unit_test(a_request_visits_no_more_than_its_share),
		cmocka_unit_test(a_large_container_is_left_to_the_sampler),
		cmocka_unit_test(trees_are_bounded),
		cmocka_unit_test(pids_current_helps_when_the_list_is_cut),
		cmocka_unit_test(a_cgroup_that_is_gone_has_what_it_had),
		cmocka_unit_test(nspid_is_taken_at_the_right_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
