/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "machine.h"
#include "settle.h"
#include "survey.h"
#include "tree.h"
#include "turn.h"

#define STAT "%d (init) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0\n"

struct world {
	struct tree tree; /* run directory, registry and procfs */
	struct machine machine;
	struct survey survey;
	struct container c; /* "web", pid 7 since 70; recorded */
	struct record known;
};

static struct record record_of(const struct world *w, pid_t pid)
{
	struct record rec = { .id = "web", .pid = pid };

	tree_write(&w->tree, pid == 7 ? "7/stat" : "8/stat", STAT, pid,
		   pid * 10);
	rec.start_ticks = (uint64_t)pid * 10;
	rec.cgroups.path[CG_MEMORY] = strdup("/web");
	rec.bundle = strdup("");
	rec.views = strdup("proc/meminfo,proc/stat");
	return rec;
}

static int begin(void **state)
{
	static struct world w;

	w = (struct world){ .machine = MACHINE_NONE };
	tree_make(&w.tree);
	w.machine.proc = w.tree.fd;
	w.machine.run = w.tree.fd;
	w.machine.registry = w.tree.fd;
	w.survey.machine = &w.machine;
	w.known = record_of(&w, 7);
	w.c = (struct container){ .id = "web", .record = &w.known };
	assert_int_equal(registry_write(w.tree.fd, &w.known), 0);
	*state = &w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	record_free(&w->known);
	tree_remove(&w->tree);
	return 0;
}

static void detached_is_written_down(void **state)
{
	struct world *w = *state;
	autorecord struct record rec = { 0 };

	assert_int_equal(settle_detached(&w->survey, &w->c, true), 0);
	assert_true(w->known.detached);
	assert_int_equal(registry_read(w->tree.fd, "web", &rec), 0);
	assert_true(rec.detached);
	assert_string_equal(rec.views, "proc/meminfo,proc/stat");
}

/* The container was made anew while we looked at the machine. */
static void another_containers_record_is_left_alone(void **state)
{
	struct world *w = *state;
	struct record other = record_of(w, 8);
	struct record now = { 0 };

	assert_int_equal(registry_write(w->tree.fd, &other), 0);
	assert_int_equal(settle_detached(&w->survey, &w->c, true), -ESRCH);
	assert_int_equal(registry_read(w->tree.fd, "web", &now), 0);
	assert_int_equal(now.pid, 8);
	assert_false(now.detached);
	record_free(&now);

	/* Nor is it there for somebody to record who was not. */
	w->c.record = NULL;
	assert_int_equal(settle_begin(&w->survey, &w->c, &now), -ESRCH);
	record_free(&other);
}

static void nor_is_one_written_that_is_gone(void **state)
{
	struct world *w = *state;
	struct record now = { 0 };

	assert_int_equal(registry_remove(w->tree.fd, "web"), 0);
	assert_int_equal(settle_detached(&w->survey, &w->c, true), -ESRCH);
	assert_int_equal(registry_read(w->tree.fd, "web", &now), -ENOENT);
}

static void what_has_ended_is_in_nobodys_way(void **state)
{
	struct world *w = *state;
	struct record now = { 0 };
	int turn;

	w->c.record = NULL;
	tree_unlink(&w->tree, "7/stat");
	turn = settle_begin(&w->survey, &w->c, &now);
	assert_true(turn >= 0);
	assert_string_equal(now.id, "");
	close_at(&turn);
}

static void it_is_somebody_elses_turn(void **state)
{
	struct world *w = *state;
	autoclose int turn = turn_take(w->tree.fd, "web", false);

	assert_true(turn >= 0);
	assert_int_equal(settle_detached(&w->survey, &w->c, true), -EBUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(detached_is_written_down, begin,
						end),
		cmocka_unit_test_setup_teardown(
			another_containers_record_is_left_alone, begin, end),
		cmocka_unit_test_setup_teardown(nor_is_one_written_that_is_gone,
						begin, end),
		cmocka_unit_test_setup_teardown(
			what_has_ended_is_in_nobodys_way, begin, end),
		cmocka_unit_test_setup_teardown(it_is_somebody_elses_turn,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
