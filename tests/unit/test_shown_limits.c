/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base.h"
#include "shown_limits.h"
#include "survey.h"
#include "tree.h"

/* A directory in the place of our mount, and who is recorded in it. */
struct served {
	struct tree tree;
	struct survey survey;
	struct container list[4];
	struct record record;
};

static int setup(void **state)
{
	static struct served d;
	static const char *const ids[] = { "a", "b", "c", "d" };

	d = (struct served){ .survey = { .timeout_ms = 60000 } };
	tree_make(&d.tree);
	d.survey.mountpoint = d.tree.path;
	d.survey.list = d.list;
	d.survey.count = ARRAY_SIZE(d.list);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		d.list[i].record = &d.record;
		(void)snprintf(d.list[i].id, sizeof(d.list[i].id), "%s",
			       ids[i]);
	}
	*state = &d;
	return 0;
}

static int teardown(void **state)
{
	struct served *d = *state;

	tree_remove(&d->tree);
	return 0;
}

static void serve(struct served *d, const char *id, unsigned kb,
		  const char *online)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "containers/%s/proc/meminfo", id);
	tree_write(&d->tree, name, "MemTotal: %10u kB\nMemFree: 1 kB\n", kb);
	(void)snprintf(name, sizeof(name),
		       "containers/%s/sys/devices/system/cpu/online", id);
	tree_write(&d->tree, name, "%s\n", online);
}

static void reads_what_they_see(void **state)
{
	struct served *d = *state;

	serve(d, "a", 524288, "0-1");
	serve(d, "b", 1, "3,5-7");
	serve(d, "d", 2, "0");
	d->list[3].record = NULL; /* not ours to ask for */

	assert_int_equal(limits_read(&d->survey), 0);
	assert_int_equal(d->list[0].memory, 512 << 20);
	assert_int_equal(d->list[0].cpus, 2);
	assert_int_equal(d->list[1].memory, 1024);
	assert_int_equal(d->list[1].cpus, 4);
	for (int i = 2; i < 4; i++) {
		assert_int_equal(d->list[i].memory, 0);
		assert_int_equal(d->list[i].cpus, 0);
	}
}

static void nonsense_is_not_known(void **state)
{
	struct served *d = *state;

	serve(d, "a", 1, "0-x");
	tree_write(&d->tree, "containers/a/proc/meminfo", "MemTotal: x kB\n");
	assert_int_equal(limits_read(&d->survey), 0);
	assert_int_equal(d->list[0].memory, 0);
	assert_int_equal(d->list[0].cpus, 0);
}

static void does_not_wait_for_ever(void **state)
{
	struct served *d = *state;

	serve(d, "a", 4, "0");
	serve(d, "b", 4, "0");
	tree_unlink(&d->tree, "containers/b/proc/meminfo");
	assert_int_equal(
		mkfifoat(d->tree.fd, "containers/b/proc/meminfo", 0600), 0);

	d->survey.timeout_ms = 2000;
	assert_int_equal(limits_read(&d->survey), -ETIMEDOUT);
	assert_int_equal(d->list[0].memory, 4096);
	assert_int_equal(d->list[0].cpus, 1);
	assert_int_equal(d->list[1].memory, 0);
	assert_int_equal(d->list[1].cpus, 0);
}

static void asks_nobody_who_is_dead(void **state)
{
	struct served *d = *state;

	serve(d, "a", 4, "0");
	d->survey.answer = -ENOTCONN;
	assert_int_equal(limits_read(&d->survey), 0);
	d->survey.answer = 0;
	d->survey.mountpoint = NULL;
	assert_int_equal(limits_read(&d->survey), 0);
	assert_int_equal(d->list[0].memory, 0);
}

#define SERVED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(reads_what_they_see),
		SERVED(nonsense_is_not_known),
		SERVED(does_not_wait_for_ever),
		SERVED(asks_nobody_who_is_dead),
	};

	return cmocka_run_group_tests_name("shown_limits", tests, NULL, NULL);
}
