/* SPDX-License-Identifier: Apache-2.0 */
/* Where no service manager does it: repair what containers have. */
#include "remount.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "base.h"
#include "child.h"
#include "life.h"
#include "log.h"
#include "manager.h"
#include "spawn.h"
#include "str.h"

#define PROGRAM "resview-remount"

static const char risk[] =
	"containers may have stale files, run " PROGRAM " by hand";

/* Returns only on failure, with -errno. */
static int execute(const struct spawn *s)
{
	/* Both are installed in one directory, but not built there. */
	static const char *const places[] = {
		PROGRAM,
		"../remount/" PROGRAM,
	};
	static char name[] = PROGRAM;
	autostr struct str run_dir = { 0 };
	char *argv[] = { name, NULL, NULL };
	int r = -ENOENT;

	str_addf(&run_dir, "--run-dir=%s", s->run_dir);
	if (run_dir.err)
		return run_dir.err;

	argv[1] = run_dir.text;
	for (size_t i = 0; i < ARRAY_SIZE(places) && r == -ENOENT; i++) {
		autostr struct str path = { 0 };

		str_addf(&path, "%s/%s", s->dir, places[i]);
		if (path.err)
			return path.err;
		(void)execv(path.text, argv);
		r = -errno;
	}

	return r;
}

/* It may hang in the kernel: so it holds nothing of ours, and is in no
 * directory. What it says goes where our own lines go. */
static int child(const struct spawn *s)
{
	int r = child_prepare(s->log < 0 ? STDERR_FILENO : s->log);

	if (r == 0 &&
	    (dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || chdir("/") < 0))
		r = -errno;
	(void)setpriority(PRIO_PROCESS, 0, s->nice);
	if (r == 0)
		r = manager_close_others(STDERR_FILENO + 1);
	if (r == 0)
		r = execute(s);

	(void)log_warning(r, risk, "execute " PROGRAM);
	return EXIT_SUCCESS; /* all is said */
}

void remount_start(struct remount *p, const struct spawn *s)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(child(s));
	if (pid < 0)
		(void)log_warning(-errno, risk, "start " PROGRAM);
	else
		p->child = pid;
}

bool remount_reaped(struct remount *p, pid_t pid, int status)
{
	const struct life l = { .status = status };

	if (pid != p->child || pid == 0)
		return false;

	p->child = 0;
	if (status)
		log_line(LOG_WARNING, PROGRAM " %s; %s", life_describe(&l).text,
			 risk);
	return true;
}

void remount_stop(const struct remount *p)
{
	if (p->child)
		(void)kill(p->child, SIGTERM);
}
