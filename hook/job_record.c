/* SPDX-License-Identifier: Apache-2.0 */
/* The container's record: made before its mounts, told of them, removed. */
#include "job.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "options.h"
#include "parse.h"
#include "run.h"
#include "turn.h"

static bool in_place(const struct attach_view *v)
{
	return v->outcome == ATTACH_MOUNTED || v->outcome == ATTACH_REPLACED ||
	       v->outcome == ATTACH_LIVE;
}

/* "proc/stat,proc/swaps": what an earlier run has mounted, and of this one's
 * all, or those that are in place. Owned; NULL when there is no memory. */
static char *views_text(const struct job *j, bool all)
{
	const struct attach *a = &j->attach;
	const char *earlier = j->earlier ? j->earlier : "";
	struct str out = { 0 };

	str_adds(&out, earlier);
	for (size_t i = 0; i < a->count; i++) {
		if ((!all && !in_place(&a->views[i])) ||
		    slice_listed(slice_of(earlier), a->views[i].path))
			continue;
		str_adds(&out, out.len ? "," : "");
		str_adds(&out, a->views[i].path);
	}
	if (out.err)
		str_free(&out);

	return out.text;
}

int job_turn(struct job *j)
{
	j->turn = turn_take(j->machine.run, j->record.id, true);
	return j->turn < 0 ? j->turn : 0;
}

/* A run before this one, at prestart say, has recorded the container and
 * mounted: both stay, whatever becomes of this run. Returns 0, 1 when nothing
 * is to be mounted, or -EEXIST when the id is that of a container which still
 * runs. */
static int look_back(struct job *j)
{
	autorecord struct record old = { 0 };

	/* A record that cannot be read is no use to anybody. */
	if (registry_read(j->machine.registry, j->record.id, &old) < 0)
		return 0;

	if (record_same_process(&old, &j->record)) {
		j->earlier = take_pointer(&old.views);
		return old.detached ? 1 : 0;
	}

	if (!record_runs(j->machine.proc, &old))
		return 0;

	j->why = "another container that runs has this id";
	return -EEXIST;
}

/* The record comes before all else: the daemon finds containers/<id> by it, and
 * the remount tool, what there should be when the daemon is dead. */
int job_record(struct job *j)
{
	int r = look_back(j);

	if (r != 0 || j->earlier)
		return r;

	j->record.views = views_text(j, true);
	if (!j->record.views)
		return -ENOMEM;

	j->progress->recorded = true;
	return registry_write(j->machine.registry, &j->record);
}

int job_settle(struct job *j)
{
	const char *said = j->earlier ? j->earlier : j->record.views;
	char *views = views_text(j, false);
	bool same = views && strcmp(views, said) == 0;

	if (!views)
		return -ENOMEM;

	free(j->record.views);
	j->record.views = views;
	if (*views == '\0') {
		j->progress->attaching = false;
		return 0;
	}

	return same ? 0 : registry_write(j->machine.registry, &j->record);
}

/* Is the record that of a container with this id in another place? */
static bool elsewhere(const struct job *j)
{
	autorecord struct record rec = { 0 };

	return j->state.bundle &&
	       registry_read(j->machine.registry, j->state.id, &rec) == 0 &&
	       strcmp(rec.bundle, j->state.bundle) != 0;
}

int job_forget(struct job *j)
{
	int r = machine_open_registry(j->options->run_dir, &j->machine);

	if (r == 0 && !elsewhere(j))
		r = registry_remove(j->machine.registry, j->state.id);
	if (r == 0 || r == -ENOENT)
		return 1;

	str_addf(&j->what, " in %s/containers", j->options->run_dir);
	return r;
}
