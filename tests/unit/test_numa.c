/* SPDX-License-Identifier: Apache-2.0 */
/* NUMA nodes that change, go, or say nonsense; and what a node's files and
 * those of the machine have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "cgroup.h"
#include "container.h"
#include "fixture.h"
#include "memory.h"
#include "str.h"
#include "tree.h"

#define NODE "sys/devices/system/node/"

struct test {
	struct tree tree;
	struct fixture f;
	struct str out;
};

static void node_write(const struct test *t, unsigned node, const char *cpus)
{
	char name[64];

	(void)snprintf(name, sizeof(name), NODE "node%u/meminfo", node);
	tree_write(&t->tree, name,
		   "Node %u MemTotal:         524288 kB\n"
		   "Node %u MemFree:          262144 kB\n"
		   "Node %u MemUsed:          262144 kB\n",
		   node, node, node);
	(void)snprintf(name, sizeof(name), NODE "node%u/cpulist", node);
	tree_write(&t->tree, name, "%s", cpus);
}

/* Two nodes with half a GiB each. */
static void test_open(struct test *t)
{
	memset(t, 0, sizeof(*t));
	tree_make(&t->tree);
	tree_write(&t->tree, "proc/meminfo",
		   "MemTotal: 1048576 kB\nMemFree: 524288 kB\n"
		   "MemAvailable: 600000 kB\n");
	tree_write(&t->tree, "sys/devices/system/cpu/online", "0-3\n");
	tree_write(&t->tree, NODE "online", "0-1\n");
	tree_write(&t->tree, NODE "has_memory", "0-1\n");
	node_write(t, 0, "0-1\n");
	node_write(t, 1, "2-3\n");
	tree_write(&t->tree, "init/cgroup", "0::/box\n");
	tree_write(&t->tree, "cgroup/cgroup.controllers", "memory\n");
	tree_write(&t->tree, "cgroup/box/cgroup.procs", "\n");
	tree_write(&t->tree, "cgroup/box/memory.max", "268435456\n");
	tree_write(&t->tree, "cgroup/box/memory.current", "67108864\n");
	tree_write(&t->tree, "cgroup/box/memory.stat", "anon 67108864\n");
	tree_write(&t->tree, "cgroup/box/memory.numa_stat",
		   "anon N0=0 N1=201326592\n");
	assert_int_equal(fixture_open(t->tree.path, &t->f), 0);
}

static void test_close(struct test *t)
{
	fixture_close(&t->f);
	tree_remove(&t->tree);
	str_free(&t->out);
}

static void assert_shows(struct test *t, const char *view, const char *want)
{
	str_reset(&t->out);
	assert_int_equal(fixture_render(&t->f, view, &t->out), 0);
	assert_string_equal(str_text(&t->out), want);
}

#define SECOND(t) ((t)->f.now_ns += NSEC_PER_SEC)

static void nodes_follow_the_cpuset(void **state)
{
	struct test t;

	(void)state;
	test_open(&t);
	assert_shows(&t, NODE "online", "0-1\n");
	assert_shows(&t, NODE "has_normal_memory", "0-1\n");
	tree_write(&t.tree, "cgroup/box/cpuset.mems.effective", "1\n");
	tree_write(&t.tree, "cgroup/box/cpuset.cpus.effective", "3\n");
	SECOND(&t);
	assert_shows(&t, NODE "online", "1\n");
	assert_shows(&t, NODE "has_memory", "1\n");
	assert_shows(&t, NODE "has_cpu", "1\n");
	assert_shows(&t, NODE "node0/cpulist", "\n");
	assert_shows(&t, NODE "node1/cpulist", "3\n");
	assert_shows(&t, NODE "node0/meminfo",
		     "Node 0 MemTotal:              0 kB\n"
		     "Node 0 MemFree:               0 kB\n"
		     "Node 0 MemUsed:               0 kB\n");
	assert_shows(&t, NODE "node1/meminfo",
		     "Node 1 MemTotal:         262144 kB\n"
		     "Node 1 MemFree:           65536 kB\n"
		     "Node 1 MemUsed:          196608 kB\n");

	/* What nobody limits, or limits by nonsense, is the host's. */
	tree_write(&t.tree, "cgroup/box/cpuset.mems.effective", "x\n");
	assert_shows(&t, NODE "online", "0-1\n");
	tree_write(&t.tree, "cgroup/box/cpuset.mems.effective", "\n");
	assert_shows(&t, NODE "online", "0-1\n");
	test_close(&t);
}

static void a_removed_cgroup_keeps_its_nodes(void **state)
{
	static const char *const gone[] = {
		"cpuset.mems.effective", "memory.max",       "memory.current",
		"memory.stat",           "memory.numa_stat", "cgroup.procs",
	};
	static const char want[] = "Node 1 MemTotal:         262144 kB\n"
				   "Node 1 MemFree:           65536 kB\n"
				   "Node 1 MemUsed:          196608 kB\n";
	struct test t;

	(void)state;
	test_open(&t);
	tree_write(&t.tree, "cgroup/box/cpuset.mems.effective", "1\n");
	assert_shows(&t, NODE "node1/meminfo", want);
	cgroup_trim(t.f.container->cgroup);
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "cgroup/box/%s", gone[i]);
		tree_unlink(&t.tree, name);
	}
	SECOND(&t);
	assert_shows(&t, NODE "node1/meminfo", want);
	assert_shows(&t, NODE "online", "1\n");
	test_close(&t);
}

/* It was opened while it was there. */
static void a_node_goes_offline(void **state)
{
	struct test t;

	(void)state;
	test_open(&t);
	assert_shows(&t, NODE "has_cpu", "0-1\n");
	tree_unlink(&t.tree, NODE "node1/meminfo");
	tree_unlink(&t.tree, NODE "node1/cpulist");
	assert_shows(&t, NODE "node1/meminfo", "");
	assert_shows(&t, NODE "node1/cpulist", "\n");
	assert_shows(&t, NODE "node1/cpumap", "");
	assert_shows(&t, NODE "node1/numastat", "");
	assert_shows(&t, NODE "has_cpu", "0\n");
	test_close(&t);
}

static void a_host_without_nodes(void **state)
{
	struct test t;

	(void)state;
	test_open(&t);
	tree_unlink(&t.tree, NODE "online");
	tree_unlink(&t.tree, NODE "has_memory");
	assert_shows(&t, NODE "online", "\n");
	assert_shows(&t, NODE "has_cpu", "\n");
	assert_shows(&t, NODE "has_memory", "\n");
	test_close(&t);
}

/* The usage of a node may be an older one than that of all. */
static void more_is_used_than_there_is(void **state)
{
	struct test t;

	(void)state;
	test_open(&t);
	tree_write(&t.tree, "cgroup/box/memory.numa_stat",
		   "anon N0=1 N1=99999999999\nfile N0=0 N1=18446744073709551615"
		   "\nfile_mapped N1=18446744073709551616\n");
	assert_shows(&t, NODE "node1/meminfo",
		     "Node 1 MemTotal:         262144 kB\n"
		     "Node 1 MemFree:               0 kB\n"
		     "Node 1 MemUsed:          262144 kB\n");
	test_close(&t);
}

/* Where all memory is on one node, that has what /proc/meminfo says. */
static void one_node_is_the_machine(void **state)
{
	struct test t;

	(void)state;
	test_open(&t);
	tree_write(&t.tree, NODE "has_memory", "0\n");
	tree_write(&t.tree, NODE "node0/meminfo",
		   "Node 0 MemTotal:        1048576 kB\n"
		   "Node 0 MemFree:          524288 kB\n");
	assert_shows(&t, NODE "node0/meminfo",
		     "Node 0 MemTotal:         262144 kB\n"
		     "Node 0 MemFree:          196608 kB\n");
	assert_shows(&t, "proc/meminfo",
		     "MemTotal:         262144 kB\nMemFree:          196608 "
		     "kB\nMemAvailable:     196608 kB\n");
	test_close(&t);
}

/* A process of the host that nobody limits. */
static void the_machine_has_the_hosts_nodes(void **state)
{
	static const char text[] = "Node 1 MemTotal:         524288 kB\n"
				   "Node 1 MemFree:          262144 kB\n"
				   "Node 1 MemUsed:          262144 kB\n";
	struct test t;

	(void)state;
	test_open(&t);
	fixture_close(&t.f);
	tree_write(&t.tree, "init/cgroup", "0::/\n");
	assert_int_equal(fixture_open(t.tree.path, &t.f), 0);
	assert_shows(&t, NODE "node1/meminfo", text);
	test_close(&t);
}

static void maps_are_as_wide_as_the_hosts(void **state)
{
	static const char *const rows[][2] = {
		{ "f\n", "6\n" },
		{ "3\n", "2\n" },
		{ "000000ff\n", "00000006\n" },
		{ "ff,ffffffff\n", "80,00000006\n" },
		{ "00000000,00000000,ffffffff\n",
		  "00000000,00000000,00000006\n" },
		{ "F,xyz\n-f", "0,000\n06" },
		{ "\n", "\n" },
	};
	struct test t;

	(void)state;
	test_open(&t);
	tree_write(&t.tree, "sys/devices/system/cpu/online", "0-63\n");
	tree_write(&t.tree, "cgroup/box/cpuset.cpus.effective", "1-2,39\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_write(&t.tree, NODE "node0/cpumap", "%s", rows[i][0]);
		assert_shows(&t, NODE "node0/cpumap", rows[i][1]);
	}
	test_close(&t);
}

static void numa_stat_is_taken_apart(void **state)
{
	static const char text[] =
		"anon N0=1 N1=2 N10=3\nfile\nshmem N1=x\n\n= N1=7\n"
		"hierarchical_total=9 N0=4 N1=5\nslab N1=-1 N1= N=1 1=1\n"
		"total=8 N1=8\nworkingset N01=6\n";
	autostr struct str out = { 0 };

	(void)state;
	memory_numa_lines(text, 1, &out);
	assert_string_equal(str_text(&out), "anon 2\n 7\nhierarchical_total 5\n"
					    "total 8\nworkingset 6\n");
	str_reset(&out);
	memory_numa_lines(text, 10, &out);
	assert_string_equal(str_text(&out), "anon 3\n");
	str_reset(&out);
	memory_numa_lines(text, 2, &out);
	assert_string_equal(str_text(&out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_follow_the_cpuset),
		cmocka_unit_test(a_removed_cgroup_keeps_its_nodes),
		cmocka_unit_test(a_node_goes_offline),
		cmocka_unit_test(a_host_without_nodes),
		cmocka_unit_test(more_is_used_than_there_is),
		cmocka_unit_test(one_node_is_the_machine),
		cmocka_unit_test(the_machine_has_the_hosts_nodes),
		cmocka_unit_test(maps_are_as_wide_as_the_hosts),
		cmocka_unit_test(numa_stat_is_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
