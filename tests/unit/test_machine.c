/* SPDX-License-Identifier: Apache-2.0 */
/* What the hook reads of a process, in a procfs that a test has made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base.h"
#include "file.h"
#include "machine.h"
#include "registry.h"

/* On a machine that has not mounted any cgroup hierarchy the file is empty. */
static void no_cgroup_is_not_no_process(void **state)
{
	char path[] = "/tmp/test_machine.XXXXXX";
	automachine struct machine h = MACHINE_NONE;
	autotarget struct target t = TARGET_NONE;
	autorecord struct record rec = { 0 };
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		(void)pause();
		_exit(0);
	}
	t.pid = 7;
	t.pidfd = pidfd_open(child, 0);
	assert_non_null(mkdtemp(path));
	h.proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(h.proc, "7", 0700), 0);
	assert_int_equal(file_replace(h.proc, "7/cgroup", "", 0, 0600), 0);
	assert_int_equal(machine_describe(&h, &t, &rec), -ENODATA);

	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(machine_describe(&h, &t, &rec), -ESRCH);

	assert_int_equal(unlinkat(h.proc, "7/cgroup", 0), 0);
	assert_int_equal(unlinkat(h.proc, "7", AT_REMOVEDIR), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cgroup_is_not_no_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
