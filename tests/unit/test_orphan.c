/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base.h"
#include "file.h"
#include "handed.h"
#include "orphan.h"
#include "proc.h"
#include "process.h"

struct place {
	char path[64];
	int dir;
	int proc;
};

static struct place open_place(void)
{
	struct place p = { .path = "/tmp/resview-unit.XXXXXX" };

	assert_non_null(mkdtemp(p.path));
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return p;
}

static void close_place(struct place *p)
{
	orphan_forget(p->dir);
	close(p->dir);
	close(p->proc);
	assert_int_equal(rmdir(p->path), 0);
}

static pid_t start_child(void)
{
	pid_t child = fork();

	if (child == 0)
		for (;;)
			pause();
	return child;
}

static uint64_t ticks_of(const struct place *p, pid_t pid)
{
	struct proc_stat st;

	assert_int_equal(proc_stat_read(p->proc, pid, &st), 0);
	return st.start_ticks;
}

static void the_first_that_lives_is_found(void **state)
{
	struct place p = open_place();
	pid_t child = start_child();
	uint64_t ticks = ticks_of(&p, child);
	const pid_t pids[] = { child, 1, getpid(), child };
	const uint64_t at[] = { ticks + 1, ticks_of(&p, 1),
				ticks_of(&p, getpid()), ticks };
	struct process found;

	(void)state;
	assert_int_equal(orphan_find(p.dir, p.proc, &found), 0);
	assert_int_equal(orphan_note(p.dir, pids, at, 3), 0);
	assert_int_equal(orphan_find(p.dir, p.proc, &found), 0);
	assert_int_equal(orphan_note(p.dir, pids, at, 4), 0);
	assert_int_equal(orphan_find(p.dir, p.proc, &found), 1);
	assert_int_equal(found.pid, child);

	assert_false(process_ended(p.proc, &found));
	assert_int_equal(process_kill(p.proc, &found), 0);
	assert_true(process_ended(p.proc, &found));
	process_close(&found);
	assert_int_equal(orphan_find(p.dir, p.proc, &found), 0); /* a zombie */
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(orphan_find(p.dir, p.proc, &found), 0);
	close_place(&p);
}

/* Linux before 5.3. */
static void a_process_without_a_pidfd(void **state)
{
	struct place p = open_place();
	pid_t child = start_child();
	struct process it = { child, ticks_of(&p, child), -1 };

	(void)state;
	assert_false(process_ended(p.proc, &it));
	assert_int_equal(process_take_fd(&it, 0), -ENOSYS);
	it.start_ticks++;
	assert_true(process_ended(p.proc, &it));
	it.start_ticks--;
	assert_int_equal(process_kill(p.proc, &it), 0);
	assert_true(process_ended(p.proc, &it));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(process_ended(p.proc, &it));
	close_place(&p);
}

static void *serve_on(void *data)
{
	while (pause() < 0)
		;
	return data;
}

static void the_first_thread_ends_first(void **state)
{
	struct place p = open_place();
	pid_t child = fork();
	struct process it = { child, 0, -1 };
	struct proc_stat st = { 0 };
	pthread_t id;

	(void)state;
	if (child == 0) {
		(void)pthread_create(&id, NULL, serve_on, NULL);
		pthread_exit(NULL);
	}
	it.start_ticks = ticks_of(&p, child);
	for (int i = 0; i < 20000 && st.state != 'Z'; i++) {
		usleep(1000);
		assert_int_equal(proc_stat_read(p.proc, child, &st), 0);
	}
	assert_int_equal(st.state, 'Z');
	assert_false(process_ended(p.proc, &it));
	assert_int_equal(process_kill(p.proc, &it), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close_place(&p);
}

static void nonsense_is_nobody(void **state)
{
	static const char text[] = "x y\n12\n-1 5\n0 0\n99999999999 1\n\n 7\n";
	struct place p = open_place();
	struct process found;

	(void)state;
	assert_int_equal(
		file_replace(p.dir, "worker", text, sizeof(text) - 1, 0644), 0);
	assert_int_equal(orphan_find(p.dir, p.proc, &found), 0);
	close_place(&p);
}

static void its_files_are_taken(void **state)
{
	struct place p = open_place();
	pid_t child = fork();
	struct process it;
	struct handed h = HANDED_NONE;
	struct stat st;

	(void)state;
	if (child == 0) {
		for (int i = 0; i < HANDED_COUNT; i++)
			(void)dup2(STDIN_FILENO, HANDOVER_FUSE + i);
		for (;;)
			pause();
	}
	assert_int_equal(process_open(p.proc, child, ticks_of(&p, child), &it),
			 0);
	/* Until it has them all; Linux before 5.6 cannot, nor can everybody. */
	for (int i = 0; i < 20000; i++) {
		int r = orphan_take(&it, &h);

		if (r != -EBADF)
			break;
		usleep(1000);
	}
	for (int i = 0; i < HANDED_COUNT && h.fd[HANDED_FUSE] >= 0; i++) {
		assert_int_equal(fstat(h.fd[i], &st), 0);
		assert_int_equal(fcntl(h.fd[i], F_GETFD), FD_CLOEXEC);
	}
	handed_close(&h);
	process_signal(&it, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(orphan_take(&it, &h), -ESRCH);
	process_close(&it);
	close_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_that_lives_is_found),
		cmocka_unit_test(a_process_without_a_pidfd),
		cmocka_unit_test(the_first_thread_ends_first),
		cmocka_unit_test(nonsense_is_nobody),
		cmocka_unit_test(its_files_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
