/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the hook, and the line about the one that failed. */
#include "run.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "job.h"
#include "log.h"
#include "options.h"

/* Who calls us, and where. */
enum caller {
	BY_OCI = 1 << 0,
	BY_LXC = 1 << 1, /* on the host */
	WITHIN = 1 << 2, /* by LXC, in the container's namespaces */
};
#define ON_HOST (BY_OCI | BY_LXC)
#define ANYONE  (ON_HOST | WITHIN)

static const struct {
	const char *doing;
	job_step *take;
	unsigned callers; /* for whom it is taken */
} steps[] = {
	{ "state on stdin", job_read_state, BY_OCI },
	{ "read", job_read_config, BY_OCI },
	{ "LXC's variable", job_lxc_state, BY_LXC | WITHIN },
	{ "annotations", job_select, ANYONE },
	{ "open", job_open_machine, ON_HOST },
	{ "process", job_open_target, ON_HOST },
	{ "open", job_lxc_places, WITHIN },
	{ "view", job_plan, ANYONE },
	{ "wait for its turn", job_turn, ON_HOST },
	{ "record it", job_record, ON_HOST },
	{ "views at", job_open_origin, ANYONE },
	{ "open its views", job_open_views, ANYONE },
	{ "mount its views", job_mount, ANYONE },
};

static enum caller caller_of(const struct options *o)
{
	if (!o->with_lxc)
		return BY_OCI;

	return lxc_within(&o->lxc) ? WITHIN : BY_LXC;
}

void job_free(struct job *j)
{
	oci_state_free(&j->state);
	oci_config_free(&j->config);
	selection_free(&j->selection);
	attach_close(&j->attach);
	free(j->attach.views);
	record_free(&j->record);
	free(j->earlier);
	close_at(&j->turn);
	origin_close(&j->origin);
	target_close(&j->target);
	machine_close(&j->machine);
	str_free(&j->rootfs);
	str_free(&j->what);
}

void hook_failure(const struct options *o, const struct progress *p,
		  const char *what, const char *why, struct str *out)
{
	const char *now = "the container starts with the host's files";

	if (p->stopped)
		now = "it stays until resviewd finds the container gone";
	else if (o->required)
		now = "the container does not start";
	else if (p->waiting)
		now = "the container starts with the host's files until "
		      "resview-remount is run";

	if (*p->id)
		str_addf(out, "container %s: ", p->id);
	str_addf(out, "%s%s: %s; %s", p->doing, what, why, now);
}

/* Of a container that starts, the record stays if views are mounted, or still
 * can be; of one that does not, nothing is left. */
static bool stays(const struct options *o, const struct progress *p, bool ok)
{
	if (o->required)
		return p->attaching && ok;

	return p->attaching || p->waiting;
}

void hook_undo(const struct options *o, const struct progress *p)
{
	automachine struct machine h = MACHINE_NONE;

	if (!p->recorded || stays(o, p, false))
		return;
	if (machine_open_registry(o->run_dir, &h) == 0)
		(void)registry_remove(h.registry, p->id);
}

int hook_run(const struct options *o, struct progress *p)
{
	const enum caller caller = caller_of(o);
	autojob struct job j = JOB_NONE;
	autostr struct str line = { 0 };
	int r = 0;

	j.options = o;
	j.progress = p;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(steps); i++) {
		if (!(steps[i].callers & caller))
			continue;
		str_reset(&j.what);
		j.why = NULL;
		p->doing = steps[i].doing;
		r = steps[i].take(&j);
	}

	if (r == -ENOSYS)
		p->waiting = false; /* there is nothing to wait for */
	if (r == -ENOSYS && !j.why)
		j.why = "this kernel is too old, Linux 5.2 is needed";

	/* By now this process may be in the container's mount namespace: the
	 * registry is removed from by its fd, not its path. */
	if (p->recorded && !stays(o, p, r >= 0))
		(void)registry_remove(j.machine.registry, p->id);
	if (r < 0) {
		hook_failure(o, p, str_text(&j.what),
			     j.why ? j.why : strerrordesc_np(-r), &line);
		log_line(LOG_ERR, "%s", str_text(&line));
	}

	return r < 0 ? r : 0;
}
