/* SPDX-License-Identifier: Apache-2.0 */
/* Load averages against the exponential they approximate, and when threads are
 * looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base.h"
#include "container.h"
#include "fixture.h"
#include "load.h"
#include "str.h"
#include "tree.h"

static double loaded(const uint64_t *avg, int i)
{
	return (double)avg[i] / (1 << LOAD_SHIFT);
}

/* avg(t) = goal + (avg(0) - goal) * exp(-t / T): half an hour of 8 threads,
 * then of 2. The kernel's constants are rounded to 1/2048, so its curve is a
 * bit off. */
static double expected(int tick, double minutes)
{
	double top = 8 * (1 - exp(-30 / minutes));

	if (tick <= 360)
		return 8 * (1 - exp(-5.0 * tick / 60 / minutes));

	return 2 + (top - 2) * exp(-5.0 * (tick - 360) / 60 / minutes);
}

static void assert_expected(const uint64_t *avg, int tick)
{
	static const double minutes[] = { 1, 5, 15 };

	for (int i = 0; i < 3; i++) {
		double off = loaded(avg, i) - expected(tick, minutes[i]);

		assert_true(fabs(off) < 0.1);
	}
}

static void follows_the_exponential(void **state)
{
	uint64_t avg[3] = { 0 };

	(void)state;
	for (int t = 1; t <= 720; t++) {
		load_step(avg, t <= 360 ? 8 : 2, 1);
		assert_expected(avg, t);
	}
}

/* Worked out by hand from kernel/sched/loadavg.c: one running thread, from 0:
 * (0 * 1884 + 2048 * 164 + 2047) / 2048 = 164, then (164 * 1884 + 2048 * 164 +
 * 2047) / 2048 = 315; 5 min: 34, 68; 15 min: 11, 22. */
static void first_ticks_are_the_kernels(void **state)
{
	uint64_t avg[3] = { 0 };

	(void)state;
	load_step(avg, 1, 1);
	assert_int_equal(avg[0], 164);
	assert_int_equal(avg[1], 34);
	assert_int_equal(avg[2], 11);
	load_step(avg, 1, 1);
	assert_int_equal(avg[0], 315);
	assert_int_equal(avg[1], 68);
	assert_int_equal(avg[2], 22);
	/* On the way down it is not rounded up: 315 * 1884 / 2048 = 289. */
	load_step(avg, 0, 1);
	assert_int_equal(avg[0], 289);
}

static void reaches_its_goal_and_zero(void **state)
{
	uint64_t avg[3] = { 0 };
	uint64_t steps[3] = { 0 };

	(void)state;
	load_step(avg, 3, 1000);
	for (int i = 0; i < 1000; i++)
		load_step(steps, 3, 1);
	assert_memory_equal(avg, steps, sizeof(avg));

	load_step(avg, 3, UINT64_MAX);
	for (int i = 0; i < 3; i++)
		assert_int_equal(avg[i], 3 << LOAD_SHIFT);
	load_step(avg, 0, UINT64_MAX);
	for (int i = 0; i < 3; i++)
		assert_int_equal(avg[i], 0);
}

struct test {
	struct tree tree;
	struct fixture f;
	uint64_t tick;
};

static void test_open(struct test *t)
{
	memset(t, 0, sizeof(*t));
	t->tick = 200;
	tree_make(&t->tree);
	tree_write(&t->tree, "sys/devices/system/cpu/possible", "0-1\n");
	tree_write(&t->tree, "init/cgroup", "0::/box\n");
	tree_write(&t->tree, "cgroup/cgroup.controllers", "cpu\n");
	tree_write(&t->tree, "cgroup/box/cgroup.procs", "100\n");
	tree_write(&t->tree, "cgroup/box/cgroup.threads", "100\n");
	tree_write(&t->tree, "cgroup/box/cpu.stat", "usage_usec 5\n");
	tree_thread(&t->tree, 100, 'S', 10, "100 1");
	assert_int_equal(fixture_open(t->tree.path, &t->f), 0);
}

static void test_close(struct test *t)
{
	fixture_close(&t->f);
	tree_remove(&t->tree);
}

static const char *loadavg(struct test *t, struct str *out)
{
	str_reset(out);
	t->f.now_ns = t->tick * LOAD_PERIOD_NS + 1;
	assert_int_equal(fixture_render(&t->f, "proc/loadavg", out), 0);
	return out->text;
}

static void sample(struct test *t, uint64_t ticks)
{
	t->tick += ticks;
	assert_int_equal(container_sample(t->f.container, t->tick), 0);
}

static void a_blocked_thread_counts_though_nothing_moves(void **state)
{
	autostr struct str out = { 0 };
	struct test t;

	(void)state;
	test_open(&t);
	assert_string_equal(loadavg(&t, &out), "0.00 0.00 0.00 1/1 1\n");
	tree_thread(&t.tree, 100, 'D', 10, "100 1");
	tree_write(&t.tree, "cgroup/box/cpu.stat", "usage_usec 6\n");
	sample(&t, 1);
	sample(&t, 1);
	/* 315/2048 = 0.154, 68/2048 = 0.033, 22/2048 = 0.011 */
	assert_string_equal(loadavg(&t, &out), "0.15 0.03 0.01 1/1 1\n");
	for (int i = 0; i < 4000; i++)
		sample(&t, 1);
	assert_string_equal(loadavg(&t, &out), "1.00 1.00 1.00 1/1 1\n");

	/* It wakes up, and goes back to sleep. */
	tree_thread(&t.tree, 100, 'S', 10, "100 1");
	tree_write(&t.tree, "cgroup/box/cpu.stat", "usage_usec 7\n");
	sample(&t, 4000);
	assert_string_equal(loadavg(&t, &out), "0.00 0.00 0.00 1/1 1\n");
	test_close(&t);
}

/* While CPU time stands still nobody looks: the thread in the file is not
 * seen. */
static void an_idle_container_is_not_scanned(void **state)
{
	autostr struct str out = { 0 };
	struct test t;

	(void)state;
	test_open(&t);
	sample(&t, 1);
	tree_thread(&t.tree, 100, 'R', 10, "100 1");
	sample(&t, 1);
	assert_string_equal(loadavg(&t, &out), "0.00 0.00 0.00 1/1 1\n");
	tree_write(&t.tree, "cgroup/box/cpu.stat", "usage_usec 6\n");
	sample(&t, 1);
	assert_string_equal(loadavg(&t, &out), "0.08 0.02 0.01 1/1 1\n");
	test_close(&t);
}

/* A tick is counted once, whoever asks again; those missed are made up for. */
static void ticks_are_counted_once(void **state)
{
	struct test t;
	uint64_t want[3] = { 0 };
	const struct load_state *st;

	(void)state;
	test_open(&t);
	st = &t.f.state->load;
	tree_thread(&t.tree, 100, 'R', 10, "100 1");
	sample(&t, 1);
	sample(&t, 0);
	assert_int_equal(container_sample(t.f.container, t.tick - 5), 0);
	load_step(want, 1, 1);
	assert_memory_equal(st->copy[st->current].avg, want, sizeof(want));
	sample(&t, 12);
	load_step(want, 1, 12);
	assert_memory_equal(st->copy[st->current].avg, want, sizeof(want));
	test_close(&t);
}

/* Without any count of CPU time every tick looks. */
static void unknown_cpu_time_is_no_reason_not_to_look(void **state)
{
	struct test t;

	(void)state;
	test_open(&t);
	tree_unlink(&t.tree, "cgroup/box/cpu.stat");
	sample(&t, 1);
	tree_thread(&t.tree, 100, 'R', 10, "100 1");
	sample(&t, 1);
	assert_int_equal(t.f.state->load.copy[t.f.state->load.current].active,
			 1);
	test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_exponential),
		cmocka_unit_test(first_ticks_are_the_kernels),
		cmocka_unit_test(reaches_its_goal_and_zero),
		cmocka_unit_test(a_blocked_thread_counts_though_nothing_moves),
		cmocka_unit_test(an_idle_container_is_not_scanned),
		cmocka_unit_test(ticks_are_counted_once),
		cmocka_unit_test(unknown_cpu_time_is_no_reason_not_to_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
