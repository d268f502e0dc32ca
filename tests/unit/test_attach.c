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

static void all_but_the_origin_is_stale(void **state)
{
	static const char text[] = "0:7 5\n0:300 6\n0:8\n";
	char path[] = "/tmp/test_attach.XXXXXX";
	struct origin o = { -1, makedev(0, 300) };
	struct attach a = { .origin = &o, .nstale = 1 };
	autoclose int dir = -1;

	(void)state;
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(attach_read_stale(dir, &a), 0);
	assert_int_equal(a.nstale, 0);

	assert_int_equal(file_replace(dir, "devices", text, strlen(text), 0600),
			 0);
	assert_int_equal(attach_read_stale(dir, &a), 0);
	assert_int_equal(a.nstale, 2);
	assert_true(a.stale[0] == makedev(0, 7));
	assert_true(a.stale[1] == makedev(0, 8));

	assert_int_equal(unlinkat(dir, "devices", 0), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pid_alone_is_not_a_process),
		cmocka_unit_test(only_fuse_is_an_origin),
		cmocka_unit_test(all_but_the_origin_is_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
