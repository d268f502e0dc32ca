/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base.h"
#include "remounts.h"

struct place {
	char path[64];
	int dir;
};

static int setup(void **state)
{
	static struct place p;

	(void)snprintf(p.path, sizeof(p.path), "/tmp/test_remounts.XXXXXX");
	if (!mkdtemp(p.path))
		return -1;
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &p;
	return p.dir < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	(void)unlinkat(p->dir, REMOUNTS_FILE, 0);
	close(p->dir);
	return rmdir(p->path);
}

static void runs_add_up(void **state)
{
	const struct place *p = *state;
	autoclose int fd = remounts_open(p->dir, REMOUNTS_FILE);
	const struct remounts first = { 1, 3, 0, 100 };
	const struct remounts second = { 1, 0, 2, 90 };
	struct remounts all;

	assert_true(fd >= 0);
	assert_int_equal(remounts_read(fd, &all), 0);
	assert_int_equal(all.runs, 0);
	assert_int_equal(all.last, 0);

	assert_int_equal(remounts_add(p->dir, REMOUNTS_FILE, &first), 0);
	assert_int_equal(remounts_add(p->dir, REMOUNTS_FILE, &second), 0);
	assert_int_equal(remounts_read(fd, &all), 0);
	assert_int_equal(all.runs, 2);
	assert_int_equal(all.repaired, 3);
	assert_int_equal(all.failed, 2);
	assert_int_equal(all.last, 100); /* a clock that was set back */
}

/* Who writes last did not come to its end, or somebody has emptied it. */
static void half_a_file_is_none(void **state)
{
	const struct place *p = *state;
	autoclose int fd = remounts_open(p->dir, REMOUNTS_FILE);
	const struct remounts first = { 1, 3, 0, 100 };
	struct remounts all = { 9, 9, 9, 9 };

	assert_int_equal(remounts_add(p->dir, REMOUNTS_FILE, &first), 0);
	{
		autoclose int w =
			openat(p->dir, REMOUNTS_FILE, O_WRONLY | O_CLOEXEC);

		assert_int_equal(ftruncate(w, 12), 0);
	}
	assert_int_equal(remounts_read(fd, &all), 0);
	assert_int_equal(all.runs, 0);
	assert_int_equal(remounts_add(p->dir, REMOUNTS_FILE, &first), 0);
	assert_int_equal(remounts_read(fd, &all), 0);
	assert_int_equal(all.runs, 1);
}

static void a_link_is_not_followed(void **state)
{
	const struct place *p = *state;

	assert_int_equal(symlinkat("elsewhere", p->dir, REMOUNTS_FILE), 0);
	assert_int_equal(remounts_open(p->dir, REMOUNTS_FILE), -ELOOP);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(runs_add_up),
		TEST(half_a_file_is_none),
		TEST(a_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
