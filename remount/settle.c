/* SPDX-License-Identifier: Apache-2.0 */
/* Records are made to say what is so. */
#include "settle.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "machine.h"
#include "parse.h"
#include "str.h"
#include "survey.h"
#include "turn.h"

/* An id can be given to another container at any time. */
static int read_again(const struct survey *s, const struct container *c,
		      struct record *ret)
{
	autorecord struct record rec = { 0 };

	/* What cannot be read is of no use to anybody. */
	if (registry_read(s->machine->registry, c->id, &rec) < 0)
		return 0;
	if (!c->record || !record_same_process(&rec, c->record))
		return record_runs(s->machine->proc, &rec) ? -ESRCH : 0;

	*ret = rec;
	rec = (struct record){ 0 };
	return 0;
}

int settle_begin(const struct survey *s, const struct container *c,
		 struct record *ret)
{
	autoclose int turn = turn_take(s->machine->run, c->id, false);
	int r;

	if (turn < 0)
		return turn == -EAGAIN ? -EBUSY : take_fd(&turn);

	r = read_again(s, c, ret);
	return r < 0 ? r : take_fd(&turn);
}

int settle_detached(const struct survey *s, const struct container *c,
		    bool detached)
{
	autorecord struct record rec = { 0 };
	autoclose int turn = -1;
	int r;

	if (!c->record || c->record->detached == detached)
		return 0;

	turn = settle_begin(s, c, &rec);
	if (turn < 0)
		return take_fd(&turn);
	if (!*rec.id)
		return -ESRCH;

	rec.detached = detached;
	r = registry_write(s->machine->registry, &rec);
	if (r == 0)
		c->record->detached = detached;
	return r;
}

/* "proc/stat" at "/proc/stat" */
static bool has_no_place(const struct scene *scene, struct slice view)
{
	for (size_t i = 0; i < scene->count; i++) {
		const struct place *p = &scene->places[i];

		if (p->action == ACTION_ATTACH && *p->target == '/' &&
		    slice_is(view, p->target + 1))
			return p->err == -ENOENT || p->err == -EEXIST;
	}

	return false;
}

static bool drop_views(struct record *rec, const struct scene *scene)
{
	struct slice rest = slice_of(rec->views);
	struct slice view;
	struct str left = { 0 };
	bool dropped = false;

	str_adds(&left, "");
	while (slice_until(&rest, ',', &view)) {
		if (has_no_place(scene, view)) {
			dropped = true;
			continue;
		}
		str_addf(&left, "%s%.*s", left.len ? "," : "", (int)view.len,
			 view.p);
	}
	if (left.err || !dropped) {
		str_free(&left);
		return false;
	}

	free(rec->views);
	rec->views = left.text;
	return true;
}

void settle_views(const struct survey *s, const struct container *c,
		  const struct scene *scene)
{
	autoclose int turn = -1;
	autorecord struct record rec = { 0 };

	if (!c->record || !ns_same(c->record->mntns, scene->space->id) ||
	    !drop_views(c->record, scene))
		return;

	/* If it cannot be written, the same is found out the next time. */
	turn = settle_begin(s, c, &rec);
	if (turn >= 0 && *rec.id && drop_views(&rec, scene))
		(void)registry_write(s->machine->registry, &rec);
}
