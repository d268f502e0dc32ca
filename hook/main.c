/* SPDX-License-Identifier: Apache-2.0 */
/* resview-hook: a child does the work, the parent bounds its time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "add_hooks.h"
#include "base.h"
#include "confine.h"
#include "log.h"
#include "options.h"
#include "print.h"
#include "report.h"
#include "run.h"
#include "str.h"

#define LINES_MAX 65536

static int64_t now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) < 0)
		return 0;

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The child holds none of the runtime's files but stdin: should it hang in the
 * kernel for good, the runtime must not wait for the end of our stderr. */
static int work(const struct options *o, struct progress *p, int lines,
		pid_t parent)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		return EXIT_FAILURE;
	if (dup2(null, STDOUT_FILENO) < 0 || dup2(lines, STDERR_FILENO) < 0)
		return EXIT_FAILURE;
	(void)close(lines);

	log_open("resview-hook", LOG_INFO, true);
	return hook_run(o, p) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Take the child's lines until it ends, which closes the pipe. Returns false
 * when it has not by DEADLINE. What is said beyond LINES_MAX is dropped. */
static bool listen(int lines, int64_t deadline, struct str *out)
{
	for (;;) {
		struct pollfd p = { .fd = lines, .events = POLLIN };
		int64_t left = deadline - now_ms();
		char buf[4096];
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;

		n = read(lines, buf, sizeof(buf));
		if (n <= 0)
			return true;
		if (out->len < LINES_MAX)
			str_add(out, buf, (size_t)n);
	}
}

/* A process that waits for a FUSE server that has taken the request and does
 * not answer cannot be killed until that answers: so it is waited for a moment
 * only. It holds nothing of the runtime's, and dies before it does anything
 * else. */
static void give_up(pid_t child, int lines)
{
	struct pollfd ended = { .fd = lines, .events = POLLIN };
	int64_t deadline = now_ms() + 50;
	char buf[4096];

	(void)kill(child, SIGKILL);
	while (now_ms() < deadline && poll(&ended, 1, 50) > 0) {
		if (read(lines, buf, sizeof(buf)) > 0)
			continue;
		(void)waitpid(child, NULL, 0);
		return;
	}
}

/* Returns NULL when the child said itself how it went, else what is to be said
 * of it; and in *OK whether all is well. */
static const char *await(pid_t child, int lines, int64_t deadline,
			 struct str *said, bool *ok)
{
	int status;

	*ok = false;
	if (!listen(lines, deadline, said)) {
		give_up(child, lines);
		return "timed out";
	}
	if (waitpid(child, &status, 0) < 0)
		return strerrordesc_np(errno);
	if (!WIFEXITED(status))
		return "the hook crashed";

	*ok = WEXITSTATUS(status) == EXIT_SUCCESS;
	return NULL;
}

static int supervise(const struct options *o, struct progress *p,
		     int64_t deadline)
{
	autostr struct str said = { 0 };
	autoclose int lines = -1;
	int ends[2];
	pid_t parent = getpid();
	pid_t child;
	const char *wrong;
	bool ok;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	lines = ends[0];

	child = fork();
	if (child < 0) {
		(void)close(ends[1]);
		return -errno;
	}
	if (child == 0)
		_exit(work(o, p, ends[1], parent));
	(void)close(ends[1]);
	(void)close(STDIN_FILENO);

	wrong = await(child, lines, deadline, &said, &ok);
	if (wrong) {
		hook_undo(o, p);
		str_addf(&said, "<%d>resview-hook: ", LOG_ERR);
		hook_failure(o, p, "", wrong, &said);
		str_adds(&said, "\n");
	}
	report_lines(slice_of(str_text(&said)), true);

	return ok ? 0 : -ECANCELED;
}

static int run(const struct options *o, int64_t start)
{
	struct progress *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r = p == MAP_FAILED ? -errno : confine();

	if (r == 0) {
		p->doing = "start";
		r = supervise(o, p, start + (int64_t)o->timeout * 1000);
	}
	if (r < 0 && r != -ECANCELED)
		log_error(r, NULL, "start");

	return r;
}

/* By hand: a configuration on stdout, and the exit code. */
static int print(const struct options *o)
{
	autostr struct str text = { 0 };
	int r = print_config(o, &text);

	if (r == 0 && fputs(str_text(&text), stdout) >= 0 &&
	    fflush(stdout) == 0)
		return EXIT_SUCCESS;

	return r == -EINVAL ? 2 : EXIT_FAILURE;
}

static int run_or_write(const struct options *o, int64_t start)
{
	int r;

	if (o->print)
		return print(o);
	if (o->add_hooks)
		return add_hooks(o);

	r = run(o, start);
	return r < 0 && o->required ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	struct options o = { 0 };
	int64_t start = now_ms();
	int r;

	log_open("resview-hook", LOG_INFO, false);
	r = options_parse(argc, argv, &o);
	if (r)
		return r < 0 ? 2 : EXIT_SUCCESS;

	r = run_or_write(&o, start);
	options_free(&o);
	return r;
}
