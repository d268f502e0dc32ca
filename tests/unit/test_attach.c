/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "attach.h"
#include "base.h"
#include "file.h"

static void a_pid_alone_is_not_a_process(void **state)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autotarget struct target t = TARGET_NONE;
	struct proc_stat st;
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	assert_int_equal(waitpid(gone, NULL, 0), gone);
	assert_int_equal(target_open(proc, gone, 0, &t), -ESRCH);

	/* Of our own: the right start time gets as far as the refusal. */
	assert_int_equal(proc_stat_read(proc, getpid(), &st), 0);
	assert_int_equal(target_open(proc, getpid(), st.start_ticks + 1, &t),
			 -ESRCH);
	assert_int_equal(target_open(proc, getpid(), st.start_ticks, &t),
			 -EXDEV);
	assert_int_equal(target_open(proc, getpid(), 0, &t), -EXDEV);
}

static void only_fuse_is_an_origin(void **state)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoorigin struct origin o = ORIGIN_NONE;

	(void)state;
	assert_int_equal(origin_open(proc, "/proc", &o), -ENODEV);
	assert_int_equal(origin_open(proc, "/proc/1", &o), -ENODEV);
	assert_int_equal(origin_open(proc, "/nonexistent", &o), -ENOENT);
	assert_int_equal(origin_open(proc, "/proc/stat", &o), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pid_alone_is_not_a_process),
		cmocka_unit_test(only_fuse_is_an_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
