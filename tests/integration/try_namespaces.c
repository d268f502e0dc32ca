/* SPDX-License-Identifier: Apache-2.0 */
/* Stand-ins for containers, by the hundred: processes with a mount and a pid
 * namespace of their own, with a procfs and a sysfs, and recorded as a hook
 * records them that found no daemon.
 *
 * usage: try_namespaces RUN_DIR COUNT VIEWS
 *
 * Prints "ready", and ends with all of them at the end of stdin. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "attach.h"
#include "base.h"
#include "machine.h"
#include "registry.h"

/* In the container: its own /proc, a copy of the /sys there is, and then
 * nothing. */
static int stand_in(int ready)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) < 0)
		return errno;
	if (write(ready, "", 1) != 1)
		return EPIPE;

	for (;;)
		pause();
}

/* Returns its pid, or -errno. */
static pid_t start(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -errno;

	/* Its children are in the new pid namespace: CLONE_NEWPID, unshare(2).
	 * Undone for the next by entering the namespace of before. */
	if (unshare(CLONE_NEWPID) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) < 0 ? errno : stand_in(ready[1]));
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		pid = -ECHILD;
	close(ready[0]);

	return pid;
}

static int record_it(const struct machine *m, const char *views, pid_t pid,
		     unsigned number)
{
	autorecord struct record rec = { 0 };
	autotarget struct target t = TARGET_NONE;
	int r = target_open(m->proc, pid, 0, &t);

	if (r == 0)
		r = machine_describe(m, &t, &rec);
	if (r < 0)
		return r;

	(void)snprintf(rec.id, sizeof(rec.id), "stand-in-%u", number);
	rec.views = strdup(views);
	rec.bundle = strdup("");
	return registry_write(m->registry, &rec);
}

int main(int argc, char *argv[])
{
	automachine struct machine m = MACHINE_NONE;
	autoclose int own = -1;
	const char *wrong = "";
	unsigned count = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	char byte;
	int r;

	if (count == 0)
		return 2;

	own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	r = machine_open(argv[1], &m, &wrong);
	for (unsigned i = 0; r == 0 && i < count; i++) {
		pid_t pid = start();

		r = pid < 0 ? pid : record_it(&m, argv[3], pid, i);
		if (r == 0 && setns(own, CLONE_NEWPID) < 0)
			r = -errno;
	}
	if (r < 0) {
		errno = -r;
		perror("try_namespaces");
		return 1;
	}

	(void)puts("ready");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;

	return 0;
}
