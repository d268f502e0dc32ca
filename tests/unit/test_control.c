/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base.h"
#include "control.h"

static struct control *fresh(void)
{
	autoclose int fd = control_create(7);
	struct control *c = NULL;

	assert_true(fd >= 0);
	assert_int_equal(control_map(fd, &c), 0);
	return c;
}

static void a_new_one_says_whose_it_is(void **state)
{
	struct control *c = fresh();

	(void)state;
	assert_int_equal(c->dev, 7);
	assert_int_equal(atomic_load(&c->generations), 0);
	for (int i = 0; i < LIVES_MAX; i++)
		assert_int_equal(atomic_load(&c->lives[i]), 0);
	control_unmap(c);
}

static void who_joins_lives_until_it_is_buried(void **state)
{
	struct control *c = fresh();
	uint32_t g = control_expect(c);

	(void)state;
	assert_int_equal(g, 1);
	assert_true(control_lives(c, g));
	assert_true(control_join(c, g, 42, 4711));
	assert_false(control_join(c, g, 43, 4711));
	assert_int_equal(atomic_load(&c->lives[0]), (UINT64_C(1) << 32) | 42);
	assert_int_equal(atomic_load(&c->start_ticks[0]), 4711);

	assert_false(control_revoke(c, g));
	assert_true(control_lives(c, g));
	control_bury(c, g);
	assert_false(control_lives(c, g));
	control_unmap(c);
}

static void who_is_revoked_cannot_join(void **state)
{
	struct control *c = fresh();
	uint32_t g = control_expect(c);

	(void)state;
	assert_true(control_revoke(c, g));
	assert_false(control_lives(c, g));
	assert_false(control_join(c, g, 42, 1));
	assert_true(control_revoke(c, g)); /* nobody is there */
	control_unmap(c);
}

static void there_is_room_for_so_many(void **state)
{
	struct control *c = fresh();

	(void)state;
	for (uint32_t i = 1; i <= LIVES_MAX; i++)
		assert_int_equal(control_expect(c), i);
	assert_int_equal(control_expect(c), 0);
	control_bury(c, 2);
	assert_int_equal(control_expect(c), LIVES_MAX + 1);
	control_unmap(c);
}

static void a_request_is_known_by_its_number(void **state)
{
	struct control *c = fresh();
	uint32_t len = 40;
	uint64_t unique = 99;

	(void)state;
	assert_int_equal(control_busy(c, 3), 0);
	memcpy(c->slots[3].in + 8, &unique, sizeof(unique));
	assert_int_equal(control_busy(c, 3), 0);
	memcpy(c->slots[3].in, &len, sizeof(len));
	assert_int_equal(control_busy(c, 3), 99);
	control_unmap(c);
}

static void foreign_memory_is_refused(void **state)
{
	autoclose int fd = control_create(7);
	autoclose int other = memfd_create("x", MFD_CLOEXEC);
	struct control *c = NULL;

	(void)state;
	assert_int_equal(control_map(other, &c), -EPROTO);
	assert_int_equal(ftruncate(other, sizeof(*c)), 0);
	assert_int_equal(control_map(other, &c), -EPROTO);
	assert_int_equal(ftruncate(fd, 0), -1); /* sealed */

	assert_int_equal(control_map(fd, &c), 0);
	c->version++;
	control_unmap(c);
	assert_int_equal(control_map(fd, &c), -EPROTO);
}

/* All is right in it, but for the file that it is. */
static void a_file_is_refused(void **state)
{
	struct control *c = fresh();
	FILE *file = tmpfile();
	struct control *other = NULL;

	(void)state;
	assert_non_null(file);
	assert_int_equal(fwrite(c, sizeof(*c), 1, file), 1);
	assert_int_equal(fflush(file), 0);
	assert_int_equal(control_map(fileno(file), &other), -EPROTO);
	(void)fclose(file);
	control_unmap(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_one_says_whose_it_is),
		cmocka_unit_test(who_joins_lives_until_it_is_buried),
		cmocka_unit_test(who_is_revoked_cannot_join),
		cmocka_unit_test(there_is_room_for_so_many),
		cmocka_unit_test(a_request_is_known_by_its_number),
		cmocka_unit_test(foreign_memory_is_refused),
		cmocka_unit_test(a_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
