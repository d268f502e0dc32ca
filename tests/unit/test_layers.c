/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/sysmacros.h>

#include "base.h"
#include "devices.h"
#include "layers.h"
#include "mounts.h"

/* A container's namespace; line by line is added to it. */
#define PROC                                                                   \
	"20 10 0:20 / /proc rw,nosuid - proc proc rw\n"                        \
	"21 10 0:21 / /sys ro,nosuid - sysfs sysfs ro\n"

struct world {
	struct mounts mounts;
	struct stack *stacks;
	size_t count;
};

/* 0:50 is dead, 0:51 is alive. */
static struct world look(const char *text)
{
	const struct devices devices = {
		.list = { { .dev = makedev(0, 50) },
			  { .dev = makedev(0, 51) } },
		.count = 2,
	};
	const struct judge judge = { &devices, makedev(0, 51) };
	struct str copy = { 0 };
	struct world w = { 0 };

	str_adds(&copy, text);
	assert_int_equal(mounts_parse(&copy, &w.mounts), 0);
	assert_int_equal(layers_find(&judge, &w.mounts, &w.stacks, &w.count),
			 0);
	return w;
}

static void forget(struct world *w)
{
	free(w->stacks);
	mounts_free(&w->mounts);
}

#define VIEW(id, parent, dev, name)                                            \
	id " " parent " 0:" dev " /containers/a/proc/" name " /proc/" name     \
	   " ro,nosuid,nodev,noexec - fuse.resview resview rw\n"

static void tells_live_from_stale(void **state)
{
	struct world w = look(PROC VIEW("30", "20", "51", "meminfo") VIEW(
		"31", "20", "50", "stat") VIEW("32", "20", "49", "swaps"));

	(void)state;
	assert_int_equal(w.count, 2); /* 0:49 never was ours */
	assert_int_equal(w.stacks[0].kind, LAYER_LIVE);
	assert_int_equal(w.stacks[1].kind, LAYER_STALE);
	assert_int_equal(w.stacks[1].beneath, 0);
	assert_ptr_equal(w.stacks[1].top, w.stacks[1].bottom);
	forget(&w);
}

static void a_name_is_not_enough(void **state)
{
	struct world w =
		look(PROC "30 20 0:50 /containers/a/proc/stat /proc/stat rw - "
			  "fuse.other x rw\n"
			  "31 20 0:60 /proc/stat /proc/stat rw - fuse.resview "
			  "x rw\n"
			  "32 20 0:50 /elsewhere /proc/swaps rw - "
			  "fuse.resview x rw\n"
			  "33 20 0:51 / /proc/uptime rw - fuse.resview x "
			  "rw\n"
			  "34 20 0:50 /process /proc/vmstat rw - "
			  "fuse.resview x rw\n");

	(void)state;
	assert_int_equal(w.count, 0);
	forget(&w);
}

static void counts_what_lies_beneath(void **state)
{
	struct world w = look(PROC VIEW("30", "20", "50", "meminfo") VIEW(
		"31", "30", "50", "meminfo") VIEW("29", "31", "51", "meminfo"));

	(void)state;
	assert_int_equal(w.count, 1);
	assert_int_equal(w.stacks[0].kind, LAYER_LIVE);
	assert_int_equal(w.stacks[0].beneath, 2);
	assert_int_equal(w.stacks[0].lowest, 2);
	assert_int_equal(w.stacks[0].bottom->id, 30);
	assert_int_equal(w.stacks[0].top->id, 29);
	assert_ptr_equal(w.stacks[0].ours, w.stacks[0].top);
	forget(&w);
}

static void somebody_elses_mount_hides_ours(void **state)
{
	struct world w =
		look(PROC "29 20 0:70 / /proc/meminfo rw - tmpfs t rw\n" VIEW(
			"30", "29", "50",
			"meminfo") "31 30 0:71 / /proc/meminfo rw - tmpfs t "
				   "rw\n");

	(void)state;
	assert_int_equal(w.count, 1);
	assert_int_equal(w.stacks[0].kind, LAYER_OTHER);
	assert_int_equal(w.stacks[0].ours->id, 30);
	assert_int_equal(w.stacks[0].beneath, 1);
	assert_int_equal(w.stacks[0].lowest, 0);
	forget(&w);
}

static void what_nobody_can_reach_is_left_alone(void **state)
{
	struct world w = look(
		PROC VIEW("30", "20", "50",
			  "meminfo") "31 20 0:72 / /proc rw - proc proc "
				     "rw\n" VIEW("32", "31", "51", "meminfo"));

	(void)state;
	assert_int_equal(w.count, 1);
	assert_int_equal(w.stacks[0].top->id, 32);
	assert_int_equal(w.stacks[0].beneath, 0);
	forget(&w);
}

/* The directory that ours are in is covered, not the mount. */
static void nor_is_what_a_name_leads_past(void **state)
{
	struct world w = look(
		PROC VIEW("30", "20", "50", "pressure/cpu") VIEW("31", "20",
								 "50", "stat")
			VIEW("32", "20", "50", "pressures") VIEW(
				"33", "20", "50",
				"pressure2/cpu") "40 20 0:72 / /proc/pressure "
						 "rw - tmpfs t rw\n");

	(void)state;
	assert_int_equal(w.count, 3);
	for (size_t i = 0; i < w.count; i++)
		assert_int_equal(w.stacks[i].top->id, 31 + i);
	forget(&w);
}

static void knows_lxcfs(void **state)
{
	struct world w = look(
		PROC
		"30 20 0:80 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw\n"
		"31 10 0:80 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n"
		"32 10 0:80 /cgroup /c rw - fuse.lxcfs lxcfs rw\n" VIEW(
			"33", "30", "51", "stat"));

	(void)state;
	assert_int_equal(w.count, 2);
	assert_int_equal(w.stacks[0].kind, LAYER_LIVE);
	assert_int_equal(w.stacks[0].beneath, 1);
	assert_int_equal(w.stacks[1].kind, LAYER_LXCFS);
	assert_true(slice_is(w.stacks[1].top->target, "/var/lib/lxcfs"));
	forget(&w);
}

static void sees_what_is_mounted_within(void **state)
{
	struct world w = look(
		PROC "30 20 0:80 /proc/pressure /proc/pressure rw - fuse.lxcfs "
		     "lxcfs rw\n"
		     "31 30 0:81 / /proc/pressure/cpu rw - tmpfs t rw\n"
		     "32 20 0:80 /proc/stat /proc/stat rw - fuse.lxcfs l rw\n"
		     "33 32 0:81 / /proc/stat rw - tmpfs t rw\n");

	(void)state;
	assert_true(layers_within(&w.mounts, mounts_find(&w.mounts, 30)));
	assert_false(layers_within(&w.mounts, mounts_find(&w.mounts, 32)));
	forget(&w);
}

/* Each is the other's parent: no kernel says so, but nobody waits for ever. */
static void nonsense_ends(void **state)
{
	struct world w = look(VIEW("30", "31", "50", "stat") VIEW(
		"31", "30", "50", "stat") VIEW("32", "32", "50", "swaps"));

	(void)state;
	assert_true(w.count <= 3);
	forget(&w);
}

/* The kernel gives ids out again, also while it is listing. */
static void one_id_twice_is_no_stack(void **state)
{
	struct world w =
		look(PROC "31 20 0:60 / /proc/stat rw - tmpfs x rw\n"
			  "32 31 0:60 /a /proc/stat rw - tmpfs x rw\n" VIEW(
				  "32", "31", "50", "stat"));

	(void)state;
	for (size_t i = 0; i < w.count; i++)
		assert_non_null(w.stacks[i].ours);
	forget(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_live_from_stale),
		cmocka_unit_test(a_name_is_not_enough),
		cmocka_unit_test(counts_what_lies_beneath),
		cmocka_unit_test(somebody_elses_mount_hides_ours),
		cmocka_unit_test(what_nobody_can_reach_is_left_alone),
		cmocka_unit_test(nor_is_what_a_name_leads_past),
		cmocka_unit_test(knows_lxcfs),
		cmocka_unit_test(sees_what_is_mounted_within),
		cmocka_unit_test(nonsense_ends),
		cmocka_unit_test(one_id_twice_is_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
