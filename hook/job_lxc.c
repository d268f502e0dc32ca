/* SPDX-License-Identifier: Apache-2.0 */
/* A container of LXC.
 *
 * lxc.hook.start-host is much like createRuntime, but after pivot_root(2): what
 * the container is comes from LXC's environment, all else is the same.
 * lxc.hook.mount is run within the container's namespaces, and without the
 * host's rights where it has a user namespace: there is no record, and what is
 * mounted is the top of our tree, which looks at its caller. */
#include "job.h"

#include <errno.h>
#include <fcntl.h>

#include "options.h"
#include "run.h"

/* The variables are LXC's, which has them from the operator's configuration;
 * nothing that is in the container is asked. */
int job_lxc_state(struct job *j)
{
	const char *wrong = NULL;
	int r = lxc_state(&j->options->lxc, &j->state, &wrong);

	if (r < 0)
		str_addf(&j->what, " %s", wrong);
	if (r == -ENOENT)
		j->why = "missing, lxc.hook.version = 1 is needed";
	if (r == -EINVAL)
		j->why = "not understood";

	return r < 0 ? r : job_state_known(j);
}

/* lxc.hook.mount comes before anything of the container is executed, so nobody
 * is there yet who could look at this process in the container's pid namespace.
 *
 * The path is LXC's, of the host's tree, of which this namespace has a copy
 * until LXC leaves it. The directory there is the container's, and so is all
 * below it: attach_place.c. */
int job_lxc_places(struct job *j)
{
	const struct lxc *l = &j->options->lxc;
	const char *wrong = "";
	int r = machine_open_kernel(&j->machine, &wrong);

	if (r < 0) {
		str_addf(&j->what, " %s", wrong);
		return r;
	}

	r = target_here(j->machine.proc, &j->target);
	if (r == -EXDEV)
		j->why = "this is the host's mount namespace";
	if (r < 0)
		return r;

	str_addf(&j->what, " %s", l->rootfs);
	j->attach.target = &j->target;
	r = machine_rootfs(&j->machine, AT_FDCWD, l->rootfs, &j->rootfs,
			   &j->attach.rootfs_id);
	j->attach.rootfs = str_text(&j->rootfs);
	return r;
}
