/* SPDX-License-Identifier: Apache-2.0 */
/* schedstat, softirqs and interrupts of hosts that are large, odd, or have no
 * such files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "fixture.h"
#include "str.h"
#include "tree.h"

#define SEC NSEC_PER_SEC

struct test {
	struct tree tree;
	struct fixture f;
	struct str out;
};

static void test_open(struct test *t, const char *online, const char *shown)
{
	memset(t, 0, sizeof(*t));
	tree_make(&t->tree);
	tree_write(&t->tree, "init/info", "now_ns %llu\nstart_ns %llu\n",
		   1000 * SEC, 990 * SEC);
	tree_write(&t->tree, "init/cgroup", "0::/box\n");
	tree_write(&t->tree, "proc/stat", "btime 1000\n");
	tree_write(&t->tree, "sys/devices/system/cpu/online", "%s", online);
	tree_write(&t->tree, "sys/devices/system/cpu/possible", "%s", online);
	tree_write(&t->tree, "cgroup/cgroup.controllers", "cpu\n");
	tree_write(&t->tree, "cgroup/box/cgroup.procs", "\n");
	tree_write(&t->tree, "cgroup/box/cpuset.cpus.effective", "%s", shown);
	assert_int_equal(fixture_open(t->tree.path, &t->f), 0);
}

static void test_close(struct test *t)
{
	fixture_close(&t->f);
	tree_remove(&t->tree);
	str_free(&t->out);
}

static const char *shown(struct test *t, const char *view)
{
	str_reset(&t->out);
	assert_int_equal(fixture_render(&t->f, view, &t->out), 0);
	return str_text(&t->out);
}

/* CONFIG_SCHEDSTATS is off on many kernels. */
static void what_the_host_has_not_is_empty(void **state)
{
	static const char *const views[] = { "proc/schedstat", "proc/softirqs",
					     "proc/interrupts" };
	struct test t;

	(void)state;
	test_open(&t, "0-3\n", "1\n");
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		assert_string_equal(shown(&t, views[i]), "");
		tree_write(&t.tree, views[i], "%s", "");
		t.f.now_ns += 20 * SEC;
		assert_string_equal(shown(&t, views[i]), "");
	}
	test_close(&t);
}

/* What cpu<N> of /proc/stat says it worked, in ticks. */
static unsigned long long worked(struct test *t)
{
	unsigned long long user, nice, system;
	const char *line = strstr(shown(t, "proc/stat"), "cpu1 ");

	assert_non_null(line);
	/* NOLINTNEXTLINE(cert-err34-c): our own text */
	assert_int_equal(
		sscanf(line, "cpu1 %llu %llu %llu", &user, &nice, &system), 3);
	return user + nice + system;
}

static unsigned long long run_time(struct test *t)
{
	unsigned long long ns;
	const char *line = strstr(shown(t, "proc/schedstat"), "cpu1 ");

	assert_non_null(line);
	/* NOLINTNEXTLINE(cert-err34-c): our own text */
	assert_int_equal(sscanf(line, "cpu1 0 0 0 0 0 0 %llu 0 0\n", &ns), 1);
	return ns;
}

static void run_time_is_that_of_stat_and_never_less(void **state)
{
	static const unsigned usec[] = { 5000000, 5600000, 100, 9000000 };
	unsigned long long last = 0;
	struct test t;

	(void)state;
	test_open(&t, "0-3\n", "1\n");
	tree_write(&t.tree, "proc/schedstat",
		   "version 17\ntimestamp 77\ncpu0 1 2 3 4 5 6 7 8 9\n"
		   "domain0 MC f 1 2 3\ncpu1 1 2 3 4 5 6 7 8 9\n");
	for (size_t i = 0; i < ARRAY_SIZE(usec); i++) {
		unsigned long long ns;

		tree_write(&t.tree, "cgroup/box/cpu.stat",
			   "user_usec %u\nnice_usec %u\nsystem_usec 70000\n",
			   usec[i], usec[i] / 3);
		t.f.now_ns += SEC;
		ns = run_time(&t);
		assert_true(ns >= last);
		/* Three numbers, each rounded down by itself. */
		assert_in_range(ns / 10000000 - worked(&t), 0, 2);
		last = ns;
	}
	assert_non_null(strstr(shown(&t, "proc/schedstat"),
			       "version 17\ntimestamp 77\ncpu1 0 "));
	assert_null(strstr(str_text(&t.out), "domain"));
	test_close(&t);
}

/* The kernel's time of each reading goes with the figures of that moment. */
static void the_timestamp_is_of_now(void **state)
{
	struct test t;

	(void)state;
	test_open(&t, "0\n", "0\n");
	tree_write(&t.tree, "proc/schedstat", "timestamp 1\ncpu0 1\n");
	assert_string_equal(shown(&t, "proc/schedstat"),
			    "timestamp 1\ncpu0 0\n");
	tree_write(&t.tree, "proc/schedstat", "timestamp 2\ncpu0 1 2\n");
	assert_string_equal(shown(&t, "proc/schedstat"),
			    "timestamp 2\ncpu0 0 0\n");
	test_close(&t);
}

static void odd_rows(void **state)
{
	struct test t;

	(void)state;
	test_open(&t, "0-1\n", "1\n");
	tree_write(&t.tree, "proc/interrupts",
		   "           CPU0       CPU1       \n"
		   " 24:          1          2      GICv3  12 Level     3 4\n"
		   "FIQ:              usb_fiq\n\n"
		   "IPI0:         7         70       Rescheduling interrupts\n"
		   "not a row\nErr:          9\nEND:");
	assert_string_equal(shown(&t, "proc/interrupts"),
			    "           CPU1       \n"
			    " 24:          0      GICv3  12 Level     3 4\n"
			    "FIQ:              usb_fiq\n"
			    "IPI0:          0       Rescheduling interrupts\n"
			    "Err:          0\nEND:\n");
	tree_write(&t.tree, "proc/softirqs",
		   "                    CPU0       CPU1       \n"
		   "          HI:          4          5\nnot a row\n"
		   "       TIMER:");
	assert_string_equal(shown(&t, "proc/softirqs"),
			    "                    CPU1       \n"
			    "          HI:          0\n"
			    "       TIMER:          0\n");
	test_close(&t);
}

#define ROWS 1000

static void large_hosts(void **state)
{
	autostr struct str text = { 0 };
	struct test t;

	(void)state;
	test_open(&t, "0-511\n", "0-511\n");
	str_adds(&text, "            ");
	for (unsigned i = 0; i < 512; i++)
		str_addf(&text, "CPU%-8u", i);
	str_adds(&text, "\n");
	for (unsigned row = 0; row < ROWS; row++) {
		str_addf(&text, "%4u:", row);
		for (unsigned i = 0; i < 512; i++)
			str_adds(&text, "          0");
		str_adds(&text, "  PCI-MSI 1-edge      nvme0q0\n");
	}
	assert_int_equal(text.err, 0);
	tree_write(&t.tree, "proc/interrupts", "%s", text.text);
	assert_string_equal(shown(&t, "proc/interrupts"), text.text);

	tree_write(&t.tree, "cgroup/box/cpu.max", "100000 100000\n");
	t.f.now_ns += SEC;
	(void)shown(&t, "proc/interrupts");
	assert_int_equal(t.out.len,
			 strlen("            CPU0       \n") +
				 ROWS * strlen("   0:          0  PCI-MSI "
					       "1-edge      nvme0q0\n"));
	test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_host_has_not_is_empty),
		cmocka_unit_test(run_time_is_that_of_stat_and_never_less),
		cmocka_unit_test(the_timestamp_is_of_now),
		cmocka_unit_test(odd_rows),
		cmocka_unit_test(large_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
