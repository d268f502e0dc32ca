/* SPDX-License-Identifier: Apache-2.0 */
/* What of it exists: host, process, the files to mount, and where. */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "log.h"
#include "options.h"
#include "plan.h"
#include "run.h"

/* As the daemon makes it, which has not been there since the machine started;
 * what is below is made by machine_open(). confine() lets nobody else in. */
static int make_run_dir(const char *path)
{
	mode_t mask = umask(0);
	int r = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;

	(void)umask(mask);
	return r;
}

int job_open_machine(struct job *j)
{
	const struct options *o = j->options;
	const char *wrong = "";
	int r = machine_open(o->run_dir, &j->machine, &wrong);

	if (r == -ENOENT && !o->required && strcmp(wrong, o->run_dir) == 0) {
		r = make_run_dir(o->run_dir);
		if (r == 0)
			r = machine_open(o->run_dir, &j->machine, &wrong);
	}
	if (r < 0)
		str_addf(&j->what, " %s", wrong);
	if (r == -ENOENT && strcmp(wrong, o->run_dir) == 0)
		j->why = "no such directory, is resviewd running?";

	return r;
}

/* Where the container's root is, and that it is its own. */
static int find_rootfs(struct job *j)
{
	autoclose int bundle =
		open(j->state.bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (bundle < 0)
		return -errno;

	r = machine_rootfs(&j->machine, bundle, j->config.root, &j->rootfs,
			   &j->attach.rootfs_id);
	if (r < 0)
		str_addf(&j->what, ": root.path %s", j->config.root);

	j->attach.rootfs = str_text(&j->rootfs);
	return r;
}

int job_open_target(struct job *j)
{
	struct record *rec = &j->record;
	int r;

	str_addf(&j->what, " %d", (int)j->state.pid);
	r = target_open(j->machine.proc, j->state.pid, 0, &j->target);
	if (r == -EXDEV)
		j->why = "it has no mount namespace of its own";
	if (r < 0)
		return r;

	(void)snprintf(rec->id, sizeof(rec->id), "%s", j->state.id);
	rec->required = j->options->required;
	rec->bundle = strdup(j->state.bundle);
	if (!rec->bundle)
		return -ENOMEM;

	j->attach.target = &j->target;
	j->attach.id = rec->id;
	r = machine_describe(&j->machine, &j->target, rec);
	if (r == -ENODATA)
		j->why = "it has no cgroup, none is mounted";

	/* LXC has pivoted: "/" is the container's root. */
	return r < 0 || j->options->with_lxc ? r : find_rootfs(j);
}

int job_open_origin(struct job *j)
{
	int r;

	j->progress->waiting = j->machine.run >= 0;
	r = origin_open(j->machine.proc, j->options->mountpoint, &j->origin);
	str_addf(&j->what, " %s", j->options->mountpoint);
	if (r == -ENODEV || r == -ENOENT)
		j->why = "nothing is mounted there, is resviewd running?";
	if (r < 0)
		return r;

	j->attach.origin = &j->origin;
	j->attach.devices = &j->devices;
	return j->machine.run < 0 ? 0
				  : devices_read(j->machine.run, &j->devices);
}

static int plan(struct job *j, const char *list, struct str *wrong)
{
	return plan_views(list, j->machine.sys, &j->attach.views,
			  &j->attach.count, wrong);
}

/* A kernel may be built without a file (schedstat, pressure): no container has
 * it, and nothing that repairs it later should look for it. */
static void drop_absent(struct job *j)
{
	struct attach *a = &j->attach;
	size_t kept = 0;

	for (size_t i = 0; i < a->count; i++) {
		const char *path = a->views[i].path;
		bool proc = strncmp(path, "proc/", 5) == 0;
		int dir = proc ? j->machine.proc : j->machine.sys;

		if (faccessat(dir, strchr(path, '/') + 1, F_OK, 0) < 0 &&
		    errno == ENOENT)
			continue;
		a->views[kept++] = a->views[i];
	}

	a->count = kept;
}

/* The container's own list; the operator's when there is none, or a bad one in
 * besteffort mode. */
int job_plan(struct job *j)
{
	autostr struct str wrong = { 0 };
	const char *own = j->selection.views;
	int r = plan(j, own ? own : j->options->views, &wrong);

	if (r == -EINVAL && own && !j->options->required) {
		log_line(LOG_ERR,
			 "container %s: annotation io.resview.views: no view "
			 "\"%.64s\", ignoring",
			 j->state.id, str_text(&wrong));
		str_reset(&wrong);
		r = plan(j, j->options->views, &wrong);
	}
	if (r == -EINVAL) {
		str_addf(&j->what, " \"%.64s\"", str_text(&wrong));
		j->why = "there is no such view";
	}
	if (r == 0)
		drop_absent(j);

	return r;
}
