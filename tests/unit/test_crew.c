/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base.h"
#include "crew.h"

#define JOBS     200
#define AMPLE_MS 60000 /* however busy the machine is */

/* What the children do is seen by all. */
struct board {
	atomic_int turn;     /* how many have begun */
	atomic_int order[2]; /* of a key: who began, who ended */
	atomic_int together; /* at work now */
	atomic_int most;
	atomic_int pid;
};

static struct board *board;

static int board_make(void **state)
{
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*state = board;
	return board == MAP_FAILED ? -1 : 0;
}

static int board_drop(void **state)
{
	return munmap(*state, sizeof(*board));
}

static void nap(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static double since(uint64_t begin)
{
	return (double)(clock_ns(CLOCK_MONOTONIC) - begin) / 1e6;
}

/* Who is killed has 50 ms to end, which on a busy machine is not always enough:
 * then it is a child of ours still. */
static void bury(void)
{
	pid_t r = 0;

	for (int i = 0; i < 10000 && r >= 0; i++, nap(1))
		r = waitpid(-1, NULL, WNOHANG);
	assert_int_equal(r, -1);
	assert_int_equal(errno, ECHILD);
}

static int returns(void *arg)
{
	return *(const int *)arg;
}

static void hands_results_over(void **state)
{
	int values[] = { 0, -EPERM, -ENOTCONN, -255, 0 };
	struct crew_job jobs[ARRAY_SIZE(values)] = { 0 };
	const struct crew c = { .work = returns, .timeout_ms = AMPLE_MS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i] = (struct crew_job){ .arg = &values[i], .result = 1 };
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		assert_int_equal(jobs[i].result, values[i]);
	assert_int_equal(crew_run(&c, jobs, 0), 0);
}

/* 'h' hangs and wants no signal, 'c' crashes. */
static int misbehaves(void *arg)
{
	sigset_t all;

	if (*(const char *)arg == 'c')
		return kill(getpid(), SIGKILL);
	if (*(const char *)arg != 'h')
		return 0;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	atomic_store(&board->pid, getpid());
	for (;;)
		pause();
}

static void ends_what_hangs_and_notes_what_crashed(void **state)
{
	char kinds[] = "ahcb";
	struct crew_job jobs[] = {
		{ .arg = &kinds[0] },
		{ .arg = &kinds[1] },
		{ .arg = &kinds[2] },
		{ .arg = &kinds[3] },
	};
	const struct crew c = { .work = misbehaves, .timeout_ms = 2500 };
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);

	(void)state;
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	assert_true(since(begin) >= 2500);
	assert_int_equal(jobs[0].result, 0);
	assert_int_equal(jobs[1].result, -ETIMEDOUT);
	assert_int_equal(jobs[2].result, -ECHILD);
	assert_int_equal(jobs[3].result, 0);
	bury();
	assert_int_equal(kill(board->pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

/* Who is traced ends when the tracer lets it: as hard to kill as one that hangs
 * in the kernel. */
static _Noreturn void trace(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT) == 0)
		atomic_store(&board->pid, pid);
	for (int i = 0; i < 20000 && atomic_load(&board->turn) == 0; i++)
		nap(1);
	_exit(0);
}

static int does_not_die(void *arg)
{
	pid_t self = getpid();
	pid_t tracer;

	if (arg) { /* the others; the second one sees it off */
		nap(2000);
		if (*(const char *)arg == 'o')
			return 0;
		atomic_fetch_add(&board->turn, 1);
		for (int i = 0; i < 1000 && board->pid; i++, nap(1))
			if (kill(board->pid, 0) < 0)
				return 0;
		return board->pid ? -EBUSY : 0;
	}

	tracer = fork();
	if (tracer == 0)
		trace(self);
	(void)prctl(PR_SET_PTRACER, tracer);
	for (;;)
		pause();
}

static void leaves_behind_what_does_not_die(void **state)
{
	char other = 'o';
	char last = 'l';
	struct crew_job jobs[] = {
		{ .key = "k" },
		{ .arg = &last, .key = "k" },
		{ .arg = &other, .key = "o" },
		{ .arg = &last, .key = "o" },
	};
	const struct crew c = { .work = does_not_die, .timeout_ms = 3800 };
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);

	(void)state;
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	assert_int_equal(jobs[0].result, -ETIMEDOUT);
	assert_int_equal(jobs[1].result, -ECANCELED);
	assert_int_equal(jobs[2].result, 0);
	assert_int_equal(jobs[3].result, 0);
	if (atomic_load(&board->pid)) /* may be traced */
		assert_true(since(begin) >= 3800 + 50);
	bury();
}

/* It hangs there from before, maybe: one is enough. */
static void gives_up_what_is_busy(void **state)
{
	int busy = -EBUSY;
	int well = 0;
	struct crew_job jobs[] = {
		{ .arg = &busy, .key = "k" },
		{ .arg = &well, .key = "k" },
		{ .arg = &well, .key = "l" },
	};
	const struct crew c = { .work = returns, .timeout_ms = AMPLE_MS };

	(void)state;
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	assert_int_equal(jobs[0].result, -EBUSY);
	assert_int_equal(jobs[1].result, -ECANCELED);
	assert_int_equal(jobs[2].result, 0);
}

static int sleeps(void *arg)
{
	nap(*(const long *)arg);
	return 0;
}

/* Nor does anybody wait for those who would follow. */
static void begins_nothing_after_its_time(void **state)
{
	long ms = 1500;
	struct crew_job jobs[3 * CREW_MAX] = { 0 };
	const struct crew c = {
		.work = sleeps,
		.timeout_ms = AMPLE_MS,
		.until = clock_ns(CLOCK_MONOTONIC) + NSEC_PER_SEC,
	};
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i].arg = &ms;
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	while (done < ARRAY_SIZE(jobs) && jobs[done].result == 0)
		done++;
	assert_in_range(done, 1, CREW_MAX);
	for (size_t i = done; i < ARRAY_SIZE(jobs); i++)
		assert_int_equal(jobs[i].result, -ECANCELED);

	/* By now not even the first one; which is no failure to start. */
	assert_int_equal(crew_run(&c, jobs, 1), 0);
	assert_int_equal(jobs[0].result, -ECANCELED);
}

/* Nobody waits for the end of what a child of ours could say. */
static int has_nothing(void *arg)
{
	char path[64];
	char link[64] = "";

	(void)arg;
	for (int fd = 0; fd < 3; fd++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (readlink(path, link, sizeof(link) - 1) < 0 ||
		    strcmp(link, "/dev/null") != 0)
			return -EINVAL;
	}

	return 0;
}

static void gives_its_children_nothing_to_say(void **state)
{
	struct crew_job job = { 0 };
	const struct crew c = { .work = has_nothing, .timeout_ms = AMPLE_MS };

	(void)state;
	assert_int_equal(crew_run(&c, &job, 1), 0);
	assert_int_equal(job.result, 0);
}

/* No two of the same key, and the earlier one first. */
static int alone(void *arg)
{
	int number = *(const int *)arg;
	int before = atomic_fetch_add(&board->order[0], 1);

	if (before != number || atomic_load(&board->order[1]) != number)
		return -EBUSY;
	nap(2);
	atomic_fetch_add(&board->order[1], 1);
	return 0;
}

static int takes_turns(void *arg)
{
	int n = atomic_fetch_add(&board->together, 1) + 1;
	int most = atomic_load(&board->most);

	(void)arg;
	while (n > most &&
	       !atomic_compare_exchange_weak(&board->most, &most, n))
		continue;
	/* The first one is there until another one comes. */
	if (atomic_fetch_add(&board->turn, 1) == 0)
		for (int i = 0; i < 10000 && board->most < 2; i++)
			nap(1);
	nap(1);
	atomic_fetch_sub(&board->together, 1);
	return 0;
}

static int alone_or_beside(void *arg)
{
	return arg ? alone(arg) : takes_turns(arg);
}

static void keeps_equal_keys_apart(void **state)
{
	static char first[] = "a";
	static char second[] = "a"; /* it is the text that counts */
	int numbers[12];
	struct crew_job jobs[40] = { 0 };
	const struct crew c = { .work = alone_or_beside,
				.timeout_ms = AMPLE_MS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		numbers[i] = (int)i;
		jobs[i + 1].arg = &numbers[i];
		jobs[i + 1].key = i % 2 ? first : second;
	}
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		assert_int_equal(jobs[i].result, 0);

	/* Who has no key was not kept waiting by them. */
	assert_true(board->most > 1);
}

struct seen {
	unsigned calls;
	size_t done;
	size_t all;
};

static void look(size_t done, size_t all, void *arg)
{
	struct seen *seen = arg;

	seen->calls++;
	seen->done = done;
	seen->all = all;
}

static void does_many_but_not_all_at_once(void **state)
{
	struct crew_job jobs[JOBS] = { 0 };
	struct seen seen = { 0 };
	const struct crew c = { .work = takes_turns,
				.timeout_ms = AMPLE_MS,
				.watch = look,
				.watch_arg = &seen };

	(void)state;
	assert_int_equal(crew_run(&c, jobs, JOBS), 0);
	assert_int_equal(board->turn, JOBS);
	assert_in_range(board->most, 2, CREW_MAX);
	assert_true(seen.calls >= 1);
	assert_int_equal(seen.done, JOBS);
	assert_int_equal(seen.all, JOBS);

	/* Nobody is left, and no signal. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int notes_its_turn(void *arg)
{
	*(int *)arg = atomic_fetch_add(&board->turn, 1);
	return -*(int *)arg;
}

/* With one chain there is one at a time, so that order can be seen. */
static void starts_in_order(void **state)
{
	int turns[15];
	struct crew_job jobs[15] = { 0 };
	const struct crew c = { .work = notes_its_turn,
				.timeout_ms = AMPLE_MS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		jobs[i] = (struct crew_job){ .arg = &turns[i], .key = "k" };
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		assert_int_equal(jobs[i].result, -(int)i);
}

static int says_who_is_its_parent(void *arg)
{
	int sig = 0;

	(void)arg;
	if (prctl(PR_GET_PDEATHSIG, &sig) < 0)
		return -errno;

	return sig == SIGKILL ? 0 : -EINVAL;
}

/* The caller's other children, its mask and its action are its own; and a
 * caller that ignores SIGCHLD gets results all the same. */
static void leaves_the_caller_alone(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_DFL };
	struct sigaction after;
	struct crew_job jobs[50] = { 0 };
	const struct crew c = { .work = says_who_is_its_parent,
				.timeout_ms = AMPLE_MS };
	pid_t other = fork();
	siginfo_t info;
	sigset_t mask;

	(void)state;
	if (other == 0)
		_exit(7);
	assert_int_equal(waitid(P_PID, other, &info, WEXITED | WNOWAIT), 0);

	ignore.sa_handler = SIG_IGN;
	assert_int_equal(sigaction(SIGCHLD, &ignore, NULL), 0);
	assert_int_equal(crew_run(&c, jobs, ARRAY_SIZE(jobs)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		assert_int_equal(jobs[i].result, 0);

	assert_int_equal(sigaction(SIGCHLD, NULL, &after), 0);
	assert_ptr_equal(after.sa_handler, SIG_IGN);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
	assert_false(sigismember(&mask, SIGCHLD));
	ignore.sa_handler = SIG_DFL;
	assert_int_equal(sigaction(SIGCHLD, &ignore, NULL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_results_over),
		cmocka_unit_test_setup_teardown(
			ends_what_hangs_and_notes_what_crashed, board_make,
			board_drop),
		cmocka_unit_test_setup_teardown(leaves_behind_what_does_not_die,
						board_make, board_drop),
		cmocka_unit_test(gives_up_what_is_busy),
		cmocka_unit_test(begins_nothing_after_its_time),
		cmocka_unit_test(gives_its_children_nothing_to_say),
		cmocka_unit_test_setup_teardown(keeps_equal_keys_apart,
						board_make, board_drop),
		cmocka_unit_test_setup_teardown(does_many_but_not_all_at_once,
						board_make, board_drop),
		cmocka_unit_test_setup_teardown(starts_in_order, board_make,
						board_drop),
		cmocka_unit_test(leaves_the_caller_alone),
	};

	return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
