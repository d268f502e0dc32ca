/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that were started with LXCFS's files become ours.
 *
 * A container can call any FUSE file system of its own "fuse.lxcfs". What it
 * gains is a record of itself, and our files in its own mount namespace in
 * place of its own. */
#include "adopt_lxcfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "base.h"
#include "dir.h"
#include "machine.h"
#include "parse.h"
#include "settle.h"
#include "str.h"
#include "survey.h"
#include "view.h"

/* Whose pid namespace begins with it, in the mount namespace SPACE? Processes
 * that were put into a container later may have lower numbers. */
static pid_t first_process(int proc, const struct space *space)
{
	autodir DIR *list = NULL;
	const struct dirent *e;
	pid_t nspid;

	if (proc_nspid_read(proc, space->pid, &nspid) == 0 && nspid == 1)
		return space->pid;
	if (dir_stream(openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		       &list) < 0)
		return space->pid;

	while ((e = dir_next(list))) {
		struct ns_id id;
		uint64_t pid;

		if (slice_u64(slice_of(e->d_name), &pid) == 0 &&
		    proc_ns_read(proc, (pid_t)pid, "mnt", &id) == 0 &&
		    ns_same(id, space->id) &&
		    proc_nspid_read(proc, (pid_t)pid, &nspid) == 0 &&
		    nspid == 1)
			return (pid_t)pid;
	}

	return space->pid; /* it shares the pid namespace of another */
}

static bool has_lxcfs(const struct container *c)
{
	return survey_count(c, PLACE_LXCFS) > 0;
}

/* Append what is mounted over the container's own file of that name; what else
 * there is (directories, other places) is found by being mounted. */
static void views_add(const struct container *c, struct str *views)
{
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->scenes[i].count; k++) {
			const struct place *p = &c->scenes[i].places[k];

			if (p->state != PLACE_LXCFS || *p->target != '/' ||
			    strcmp(p->target + 1, p->source) != 0 ||
			    !view_find(p->source, NULL) ||
			    slice_listed(slice_of(str_text(views)), p->source))
				continue;
			str_addf(views, "%s%s", views->len ? "," : "",
				 p->source);
		}
}

/* The process was found by the namespace it is in, so nobody was asked whose it
 * is; its cgroup is the kernel's word. */
static int describe(const struct survey *s, const struct container *c,
		    struct record *rec)
{
	autotarget struct target t = TARGET_NONE;
	const struct space *space = c->scenes[0].space;
	int proc = s->machine->proc;
	int r;

	if (space->pid == 0)
		return -ESRCH;

	r = target_open(proc, first_process(proc, space), 0, &t);
	if (r == 0 && !ns_same(t.mntns_id, space->id))
		r = -ESRCH; /* another's process has that pid now */
	if (r == 0)
		r = machine_describe(s->machine, &t, rec);
	if (r < 0)
		return r;

	cgroup_paths_strip_init(&rec->cgroups);
	(void)snprintf(rec->id, sizeof(rec->id), "%s", c->id);
	rec->bundle = strdup("");
	return rec->bundle ? 0 : -ENOMEM;
}

static int add_views(const struct container *c, struct record *rec)
{
	autostr struct str views = { 0 };

	str_adds(&views, rec->views ? rec->views : "");
	views_add(c, &views);
	if (views.err)
		return views.err;

	free(rec->views);
	rec->views = take_pointer(&views.text);
	return 0;
}

/* Takes REC over. */
static int keep(struct survey *s, struct container *c, struct record *rec)
{
	if (c->record) {
		record_free(c->record);
		*c->record = *rec;
		*rec = (struct record){ 0 };
		return 0;
	}

	c->record = survey_record(s, rec);
	if (!c->record)
		return -ENOMEM;

	c->pid = c->record->pid;
	return 0;
}

int adopt_lxcfs(struct survey *s, struct container *c)
{
	autorecord struct record rec = { 0 };
	autoclose int turn = -1;
	int r = 0;

	if (!has_lxcfs(c))
		return 1;

	turn = settle_begin(s, c, &rec);
	if (turn < 0)
		return take_fd(&turn);
	if (c->record && !*rec.id)
		return -ESRCH;

	if (!c->record)
		r = describe(s, c, &rec);
	if (r == 0)
		r = add_views(c, &rec);
	if (r == 0)
		r = registry_write(s->machine->registry, &rec);

	return r < 0 ? r : keep(s, c, &rec);
}
