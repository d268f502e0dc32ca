/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* As it is before Linux 5.3. */
static void a_process_is_known_by_its_start(void **state)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autotarget struct target t = TARGET_NONE;
	struct proc_stat st;
	siginfo_t info;

	(void)state;
	t.proc = proc;
	t.pid = fork();
	if (t.pid == 0)
		for (;;)
			(void)pause();

	assert_int_equal(proc_stat_read(proc, t.pid, &st), 0);
	t.start_ticks = st.start_ticks + 1;
	assert_false(target_alive(&t));
	t.start_ticks = st.start_ticks;
	assert_true(target_alive(&t));

	assert_int_equal(kill(t.pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)t.pid, &info, WEXITED | WNOWAIT),
			 0);
	assert_false(target_alive(&t));
	assert_int_equal(waitpid(t.pid, NULL, 0), t.pid);
	assert_false(target_alive(&t));
}

static void a_namespace_may_have_no_process(void **state)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	autotarget struct target t = TARGET_NONE;

	(void)state;
	assert_int_equal(target_of_namespace(proc, own, &t), -EXDEV);
	assert_int_equal(target_of_namespace(proc, -1, &t), -EBADF);
	assert_int_equal(t.mntns, -1);
	assert_true(target_alive(&t));
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
		cmocka_unit_test(a_process_is_known_by_its_start),
		cmocka_unit_test(a_namespace_may_have_no_process),
		cmocka_unit_test(only_fuse_is_an_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
