/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU views where files are missing, are nonsense, or change: what fixtures
 * that stand still cannot show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "container.h"
#include "cpu.h"
#include "fixture.h"
#include "parse.h"
#include "pressure.h"
#include "str.h"
#include "tree.h"

#define SEC NSEC_PER_SEC

struct test {
	struct tree tree;
	struct fixture f;
	struct str out;
};

static const char stat_of_host[] = "cpu  1 2 3 4 5 6 7 8 9 10\n"
				   "cpu0 1 2 3 4 5 6 7 8 9 10\n"
				   "intr 7 1 2\nctxt 9\nbtime 1000\n"
				   "processes 5\nprocs_running 4\n"
				   "procs_blocked 3\nsoftirq 5 1 1\n";

static void host_write(struct test *t)
{
	memset(t, 0, sizeof(*t));
	tree_make(&t->tree);
	tree_write(&t->tree, "init/info", "now_ns %llu\nstart_ns %llu\n",
		   1000 * SEC, 990 * SEC);
	tree_write(&t->tree, "proc/stat", "%s", stat_of_host);
	tree_write(&t->tree, "sys/devices/system/cpu/online", "0-3\n");
	tree_write(&t->tree, "sys/devices/system/cpu/present", "0-3\n");
	tree_write(&t->tree, "sys/devices/system/cpu/possible", "0-7\n");
}

static void open_v2(struct test *t)
{
	host_write(t);
	tree_write(&t->tree, "cgroup/cgroup.controllers", "cpu\n");
	tree_write(&t->tree, "init/cgroup", "0::/box\n");
	tree_write(&t->tree, "cgroup/box/cgroup.procs", "\n");
	assert_int_equal(fixture_open(t->tree.path, &t->f), 0);
}

static void open_v1(struct test *t)
{
	host_write(t);
	tree_write(&t->tree, "init/cgroup",
		   "3:cpuset:/pod/box\n2:cpu:/pod/box\n1:cpuacct:/pod/box\n"
		   "0::/\n");
	tree_write(&t->tree, "cgroup/cpu/pod/box/cgroup.procs", "\n");
	tree_write(&t->tree, "cgroup/cpuset/pod/box/cgroup.procs", "\n");
	tree_write(&t->tree, "cgroup/cpuacct/pod/box/cgroup.procs", "\n");
	tree_write(&t->tree, "cgroup/unified/cgroup.controllers", "\n");
	tree_write(&t->tree, "cgroup/unified/cpu.pressure", "the host's\n");
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

/* The first line only, without its newline. */
static const char *first(struct test *t, const char *view)
{
	(void)shown(t, view);
	t->out.text[strcspn(t->out.text, "\n")] = '\0';
	return t->out.text;
}

static void later(struct test *t, uint64_t ns)
{
	t->f.now_ns += ns;
}

#define ONLINE "sys/devices/system/cpu/online"

static void without_any_file_it_is_the_host_idle(void **state)
{
	struct test t;

	(void)state;
	open_v2(&t);
	assert_string_equal(shown(&t, ONLINE), "0-3\n");
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  0 0 0 4000 0 0 0 0 0 0");
	assert_string_equal(shown(&t, "proc/uptime"), "10.00 40.00\n");
	test_close(&t);
}

static void a_host_that_says_nothing_has_a_cpu(void **state)
{
	static const char *const texts[] = { "", "x\n", "5-1\n", "9999999\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct test t;

		open_v2(&t);
		tree_write(&t.tree, "sys/devices/system/cpu/online", "%s",
			   texts[i]);
		tree_unlink(&t.tree, "sys/devices/system/cpu/present");
		assert_string_equal(shown(&t, ONLINE), "0\n");
		assert_string_equal(shown(&t, "sys/devices/system/cpu/offline"),
				    "\n");
		test_close(&t);
	}
}

static void nonsense_limits_nothing(void **state)
{
	static const char *const max[] = {
		"",
		"\n",
		"max",
		"-1 100000\n",
		"1x 100000\n",
		"5 0\n",
		"5 -3\n",
		"max 100000 7\n",
		"18446744073709551616 1\n",
	};
	static const char *const sets[] = { "",       "\n",     "3-1\n", "a\n",
					    "0,,1\n", "8192\n", "-1\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(max); i++) {
		struct test t;

		open_v2(&t);
		tree_write(&t.tree, "cgroup/box/cpu.max", "%s", max[i]);
		tree_write(&t.tree, "cgroup/box/cpuset.cpus.effective", "%s",
			   sets[i % ARRAY_SIZE(sets)]);
		tree_write(&t.tree, "cgroup/box/cpu.stat", "user_usec x\n");
		assert_string_equal(shown(&t, ONLINE), "0-3\n");
		assert_string_equal(first(&t, "proc/stat"),
				    "cpu  0 0 0 4000 0 0 0 0 0 0");
		test_close(&t);
	}
}

static void quota_texts_are_taken_whole(void **state)
{
	struct cpu_quota q = { 7, 7 };

	(void)state;
	assert_int_equal(cpu_max_parse("50000 20000\n", &q), 0);
	assert_int_equal(q.quota, 50000);
	assert_int_equal(q.period, 20000);
	assert_int_equal(cpu_max_parse("max\n", &q), 0);
	assert_true(q.quota == NO_LIMIT);
	assert_int_equal(q.period, 100000);
	assert_int_equal(cpu_max_parse("maximal 1\n", &q), -EINVAL);
	assert_int_equal(cpu_cfs_parse("-1\n", "100000\n", &q), 0);
	assert_true(q.quota == NO_LIMIT);
	assert_int_equal(cpu_cfs_parse("-2\n", "100000\n", &q), -EINVAL);
	assert_int_equal(cpu_cfs_parse("5\n", "0\n", &q), -EINVAL);
}

/* docker update: within 200 ms, and nothing of it is lost. */
static void a_quota_that_changes_is_seen(void **state)
{
	struct test t;

	(void)state;
	open_v2(&t);
	tree_write(&t.tree, "cgroup/box/cpu.max", "150000 100000\n");
	tree_write(&t.tree, "cgroup/box/cpu.stat",
		   "user_usec 8000000\nsystem_usec 0\n");
	assert_string_equal(shown(&t, ONLINE), "0-1\n");
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  800 0 0 1200 0 0 0 0 0 0");

	tree_write(&t.tree, "cgroup/box/cpu.max", "max 100000\n");
	later(&t, SEC / 10);
	assert_string_equal(shown(&t, ONLINE), "0-1\n");
	later(&t, SEC / 10);
	assert_string_equal(shown(&t, ONLINE), "0-3\n");
	later(&t, SEC - SEC / 5);
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  800 0 0 1600 0 0 0 0 0 0");
	assert_non_null(
		strstr(shown(&t, "proc/stat"), "cpu3 0 0 0 100 0 0 0 0 0 0\n"));

	tree_write(&t.tree, "cgroup/box/cpu.max", "50000 100000\n");
	later(&t, SEC);
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  800 0 0 2000 0 0 0 0 0 0");
	assert_null(strstr(shown(&t, "proc/stat"), "cpu1"));
	test_close(&t);
}

/* A v1 cpuset that nobody wrote is empty: the next one above has a say. */
static void v1_cpusets_are_asked_upwards(void **state)
{
	struct test t;

	(void)state;
	open_v1(&t);
	tree_write(&t.tree, "cgroup/cpuset/pod/box/cpuset.effective_cpus",
		   "\n");
	tree_write(&t.tree, "cgroup/cpuset/pod/box/cpuset.cpus", "\n");
	tree_write(&t.tree, "cgroup/cpuset/pod/cpuset.cpus", "2-3\n");
	assert_string_equal(shown(&t, ONLINE), "2-3\n");
	later(&t, SEC);
	tree_write(&t.tree, "cgroup/cpuset/pod/cpuset.effective_cpus", "3\n");
	assert_string_equal(shown(&t, ONLINE), "3\n");
	test_close(&t);
}

#define ACCT "cgroup/cpuacct/pod/box/cpuacct."

static void v1_counts_by_what_the_kernel_has(void **state)
{
	struct test t;

	(void)state;
	open_v1(&t);
	tree_write(&t.tree, "cgroup/cpu/pod/cpu.cfs_quota_us", "200000\n");
	tree_write(&t.tree, "cgroup/cpu/pod/cpu.cfs_period_us", "100000\n");
	tree_write(&t.tree, ACCT "stat", "user 100\nsystem 100\n");
	tree_write(&t.tree, ACCT "usage_percpu_user", "x\n");
	tree_write(&t.tree, ACCT "usage_all", "cpu user system\n0 1\n");
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  100 0 100 1800 0 0 0 0 0 0");
	test_close(&t);

	open_v1(&t);
	tree_write(&t.tree, "cgroup/cpu/pod/cpu.cfs_quota_us", "200000\n");
	tree_write(&t.tree, "cgroup/cpu/pod/cpu.cfs_period_us", "100000\n");
	tree_write(&t.tree, ACCT "usage_percpu_user",
		   "1000000000 2000000000 0 0 \n");
	tree_write(&t.tree, ACCT "usage_percpu_sys",
		   "0 500000000 3000000000 0 \n");
	/* CPU 2 is not shown: 3 s by room, 9 s and 7.5 s. */
	assert_non_null(strstr(shown(&t, "proc/stat"),
			       "cpu0 100 0 163 736 0 0 0 0 0 0\n"
			       "cpu1 200 0 186 613 0 0 0 0 0 0\n"));
	test_close(&t);
}

static void steal_is_taken_from_the_best_file(void **state)
{
	struct test t;

	(void)state;
	open_v2(&t);
	tree_write(&t.tree, "cgroup/box/cpu.max", "50000 100000\n");
	tree_write(&t.tree, "cgroup/box/cpu.stat",
		   "user_usec 5000000\nsystem_usec 0\n"
		   "throttled_usec 2000000\n");
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  500 0 0 300 0 0 0 200 0 0");
	test_close(&t);

	open_v2(&t);
	tree_write(&t.tree, "cgroup/box/cpu.max", "50000 100000\n");
	tree_write(&t.tree, "cgroup/box/cpu.stat",
		   "user_usec 5000000\nsystem_usec 0\nthrottled_usec 0\n");
	tree_write(&t.tree, "cgroup/box/cpu.stat.local",
		   "throttled_usec 3000000\n");
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  500 0 0 200 0 0 0 300 0 0");
	test_close(&t);
}

/* A removed cgroup keeps its CPUs, and what it used. */
static void a_cgroup_that_is_gone_shows_what_it_had(void **state)
{
	struct test t;

	(void)state;
	open_v2(&t);
	tree_write(&t.tree, "cgroup/box/cpu.max", "100000 100000\n");
	tree_write(&t.tree, "cgroup/box/cpu.stat",
		   "user_usec 5000000\nsystem_usec 0\n");
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  500 0 0 500 0 0 0 0 0 0");
	tree_unlink(&t.tree, "cgroup/box/cpu.max");
	tree_unlink(&t.tree, "cgroup/box/cpu.stat");
	tree_unlink(&t.tree, "cgroup/box/cgroup.procs");
	later(&t, SEC);
	assert_string_equal(first(&t, "proc/stat"),
			    "cpu  500 0 0 600 0 0 0 0 0 0");
	test_close(&t);
}

static int open_pressure(struct test *t, const char *top, const char *path)
{
	autoclose int dir = openat(t->tree.fd, top, O_PATH | O_CLOEXEC);
	autoclose int fd =
		pressure_open(t->f.container, dir, path, PRESSURE_IO);

	return fd < 0 ? fd : 0;
}

static void pressure_is_never_the_hosts(void **state)
{
	static const char zero[] =
		"some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
	struct test t;

	(void)state;
	open_v1(&t);
	assert_string_equal(shown(&t, "proc/pressure/cpu"), zero);
	assert_int_equal(open_pressure(&t, "cgroup/unified", "/"), -ENOENT);
	test_close(&t);

	open_v2(&t);
	assert_string_equal(shown(&t, "proc/pressure/io"), zero);
	tree_write(&t.tree, "cgroup/box/io.pressure", "some x\n");
	assert_string_equal(shown(&t, "proc/pressure/io"), "some x\n");
	assert_int_equal(open_pressure(&t, "cgroup", "/box"), 0);

	/* Another cgroup's, which has taken the path since. */
	tree_write(&t.tree, "cgroup/other/io.pressure", "some y\n");
	assert_int_equal(open_pressure(&t, "cgroup", "/other"), -ENOENT);
	assert_int_equal(open_pressure(&t, "cgroup", "/gone"), -ENOENT);
	assert_int_equal(pressure_open(t.f.container, -1, "/box", PRESSURE_IO),
			 -ENOENT);

	/* What was shown does not become less when the cgroup goes away. */
	cgroup_trim(t.f.container->cgroup);
	tree_unlink(&t.tree, "cgroup/box/io.pressure");
	assert_string_equal(shown(&t, "proc/pressure/io"), "some x\n");
	test_close(&t);
}

/* An intr line may be long: 1024 interrupts after the total, and no more. */
static void intr_is_bounded(void **state)
{
	autostr struct str stat = { 0 };
	struct test t;
	const char *intr;

	(void)state;
	open_v2(&t);
	str_adds(&stat, "intr 5");
	for (int i = 0; i < 5000; i++)
		str_adds(&stat, " 12345");
	str_adds(&stat, "\nbtime 1000\n");
	tree_write(&t.tree, "proc/stat", "%s", stat.text);
	intr = strstr(shown(&t, "proc/stat"), "intr 0 0");
	assert_non_null(intr);
	assert_int_equal(strcspn(intr, "\n"), strlen("intr") + 2UL * 1025);
	assert_non_null(strstr(intr, "\nsoftirq 0\n"));
	test_close(&t);
}

static void other_machines_have_other_blocks(void **state)
{
	static const char arm64[] = "processor\t: 0\nBogoMIPS\t: 50.00\n\n"
				    "processor\t: 1\nBogoMIPS\t: 51.00\n\n"
				    "processor\t: 2\nBogoMIPS\t: 52.00\n\n"
				    "Hardware\t: board\n";
	static const char s390x[] =
		"vendor_id       : IBM/S390\n# processors    : 4\n"
		"max thread id   : 0\n"
		"processor 0: version = FF,  machine = 2964\n"
		"processor 1: version = FF,  machine = 2964\n"
		"processor 2: version = FF,  machine = 2964\n\n"
		"cpu number      : 0\nphysical id     : 1\ncore id         : "
		"0\n"
		"siblings        : 8\ncpu cores       : 8\n\n"
		"cpu number      : 1\nphysical id     : 1\ncore id         : "
		"0\n"
		"siblings        : 8\ncpu cores       : 8\n\n"
		"cpu number      : 2\nphysical id     : 1\ncore id         : "
		"1\n"
		"siblings        : 8\ncpu cores       : 8\n\n";
	struct test t;

	(void)state;
	open_v2(&t);
	tree_write(&t.tree, "cgroup/box/cpuset.cpus.effective", "1-2\n");
	tree_write(&t.tree, "proc/cpuinfo", "%s", arm64);
	assert_string_equal(shown(&t, "proc/cpuinfo"),
			    "processor\t: 1\nBogoMIPS\t: 51.00\n\n"
			    "processor\t: 2\nBogoMIPS\t: 52.00\n\n"
			    "Hardware\t: board\n");
	tree_write(&t.tree, "proc/cpuinfo", "%s", s390x);
	later(&t, 2 * SEC);
	assert_string_equal(shown(&t, "proc/cpuinfo"),
			    "vendor_id       : IBM/S390\n# processors    : 2\n"
			    "max thread id   : 0\n"
			    "processor 1: version = FF,  machine = 2964\n"
			    "processor 2: version = FF,  machine = 2964\n\n"
			    "cpu number      : 1\nphysical id     : 1\ncore id "
			    "        : 0\n"
			    "siblings        : 2\ncpu cores       : 2\n\n"
			    "cpu number      : 2\nphysical id     : 1\ncore id "
			    "        : 1\n"
			    "siblings        : 2\ncpu cores       : 2\n\n");
	test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_any_file_it_is_the_host_idle),
		cmocka_unit_test(a_host_that_says_nothing_has_a_cpu),
		cmocka_unit_test(nonsense_limits_nothing),
		cmocka_unit_test(quota_texts_are_taken_whole),
		cmocka_unit_test(a_quota_that_changes_is_seen),
		cmocka_unit_test(v1_cpusets_are_asked_upwards),
		cmocka_unit_test(v1_counts_by_what_the_kernel_has),
		cmocka_unit_test(steal_is_taken_from_the_best_file),
		cmocka_unit_test(a_cgroup_that_is_gone_shows_what_it_had),
		cmocka_unit_test(pressure_is_never_the_hosts),
		cmocka_unit_test(intr_is_bounded),
		cmocka_unit_test(other_machines_have_other_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
