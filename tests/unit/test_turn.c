/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base.h"
#include "registry.h"
#include "turn.h"

static int make_dir(void **state)
{
	static char path[] = "/tmp/test_turn.XXXXXX";

	*state = mkdtemp(path);
	return *state ? 0 : -1;
}

static int remove_dir(void **state)
{
	return rmdir(*state);
}

static int open_dir(void **state)
{
	return open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void one_at_a_time(void **state)
{
	autoclose int dir = open_dir(state);
	int turn = turn_take(dir, "a", false);
	autoclose int other = turn_take(dir, "b", true);
	struct stat st;

	assert_true(turn >= 0 && other >= 0);
	assert_int_equal(fcntl(turn, F_GETFD), FD_CLOEXEC);
	assert_int_equal(turn_take(dir, "a", false), -EAGAIN);
	assert_int_equal(fstatat(dir, "turns", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 0);

	assert_int_equal(close(turn), 0);
	turn = turn_take(dir, "a", false);
	assert_true(turn >= 0);
	assert_int_equal(close(turn), 0);
	assert_int_equal(unlinkat(dir, "turns", 0), 0);
}

static void any_id_has_a_turn(void **state)
{
	char id[RECORD_ID_MAX + 1] = { 0 };
	autoclose int dir = open_dir(state);

	for (size_t i = 0; i < RECORD_ID_MAX; i++) {
		autoclose int turn = -1;

		id[i] = (char)('a' + i % 26);
		turn = turn_take(dir, id, false);
		assert_true(turn >= 0);
	}
	assert_int_equal(unlinkat(dir, "turns", 0), 0);
}

static void it_is_waited_for(void **state)
{
	autoclose int dir = open_dir(state);
	autoclose int turn = -1;
	int held[2];
	int go[2];
	int status;
	char byte;
	pid_t child;

	assert_int_equal(pipe(held) + pipe(go), 0);
	child = fork();
	if (child == 0) {
		turn = turn_take(dir, "a", false);
		(void)!write(held[1], "", 1);
		(void)!read(go[0], &byte, 1);
		(void)usleep(200000);
		_exit(turn < 0);
	}

	assert_int_equal(read(held[0], &byte, 1), 1);
	assert_int_equal(turn_take(dir, "a", false), -EAGAIN);
	assert_int_equal(write(go[1], "", 1), 1);
	turn = turn_take(dir, "a", true);
	assert_true(turn >= 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(close(held[0]) + close(held[1]), 0);
	assert_int_equal(close(go[0]) + close(go[1]), 0);
	assert_int_equal(unlinkat(dir, "turns", 0), 0);
}

static void no_link_is_followed(void **state)
{
	autoclose int dir = open_dir(state);

	assert_int_equal(symlinkat("elsewhere", dir, "turns"), 0);
	assert_int_equal(turn_take(dir, "a", false), -ELOOP);
	assert_int_equal(faccessat(dir, "elsewhere", F_OK, 0), -1);
	assert_int_equal(unlinkat(dir, "turns", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(any_id_has_a_turn),
		cmocka_unit_test(it_is_waited_for),
		cmocka_unit_test(no_link_is_followed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
