/* SPDX-License-Identifier: Apache-2.0 */
/* What is done in one mount namespace.
 *
 * First everything that the daemon has to be asked for, then into the namespace
 * and only what the kernel does by itself. A child that hangs all the same, in
 * a daemon that stopped or in a file system of the container's, is killed, and
 * has told how far it came. */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "act.h"
#include "base.h"
#include "inside.h"
#include "machine.h"
#include "rights.h"
#include "room.h"
#include "sources.h"
#include "survey.h"
#include "swap.h"
#include "tidy.h"
#include "turn.h"
#include "view.h"

struct task {
	const struct work *work;
	struct target target;
	struct source *sources; /* one for each place */
	struct attach attach;   /* of the places with ACTION_ATTACH */
	struct room room;
	bool untidy; /* a layer may have been left beneath */
};

static const struct origin *origin_of(const struct task *t)
{
	return &t->work->survey->origin;
}

static bool needs_source(enum place_action a)
{
	return a == ACTION_SWAP || a == ACTION_ADOPT;
}

static bool has_action(const struct scene *scene, enum place_action a)
{
	for (size_t i = 0; i < scene->count; i++)
		if (scene->places[i].action == a)
			return true;

	return false;
}

static int open_sources(struct task *t)
{
	const struct work *w = t->work;
	const struct scene *scene = w->scene;
	autoclose int dir = origin_container(origin_of(t), w->container->id);

	t->sources = calloc(scene->count + 1, sizeof(*t->sources));
	if (!t->sources)
		return -ENOMEM;

	for (size_t i = 0; i < scene->count; i++) {
		const struct place *p = &scene->places[i];
		int r = 0;

		t->sources[i].fd = -1;
		if (needs_source(p->action))
			r = source_for(w->survey, w->container, dir, p,
				       &t->sources[i]);
		if (r < 0) /* else it is still to be tried */
			w->results[i] = r;
	}

	return 0;
}

static bool is_attached(const struct place *p)
{
	return p->action == ACTION_ATTACH;
}

/* The views that are missing, for attach_mount(). */
static int plan_attach(struct task *t)
{
	const struct scene *scene = t->work->scene;
	struct attach *a = &t->attach;

	a->target = &t->target;
	a->origin = origin_of(t);
	a->devices = &t->work->survey->devices;
	a->id = t->work->container->id;
	a->views = calloc(scene->count + 1, sizeof(*a->views));
	if (!a->views)
		return -ENOMEM;

	for (size_t i = 0; i < scene->count; i++) {
		const struct place *p = &scene->places[i];
		struct attach_view *v = &a->views[a->count];
		const char *own = source_own(p, a->id);

		if (!is_attached(p))
			continue;
		*v = (struct attach_view){
			.source = { .fd = -1 },
			.writable = rights_of(p->source) & MAY_WRITE,
		};
		(void)snprintf(v->path, sizeof(v->path), "%s", p->target + 1);
		(void)snprintf(v->served, sizeof(v->served), "%s",
			       own ? own : "");
		a->count++;
	}

	return 0;
}

static int outcome_error(const struct attach_view *v)
{
	switch (v->outcome) {
	case ATTACH_MOUNTED:
	case ATTACH_REPLACED:
	case ATTACH_LIVE:
		return 0;
	case ATTACH_MISSING:
		return -ENOENT;
	case ATTACH_FOREIGN:
		return -EEXIST;
	case ATTACH_PENDING:
	case ATTACH_FAILED:
	default:
		return v->err ? v->err : -ECANCELED;
	}
}

static void attach_all(struct task *t)
{
	const struct scene *scene = t->work->scene;
	size_t k = 0;

	if (t->attach.count == 0)
		return;

	(void)attach_mount(&t->attach);
	for (size_t i = 0; i < scene->count; i++)
		if (is_attached(&scene->places[i]))
			t->work->results[i] =
				outcome_error(&t->attach.views[k++]);
}

static void swap(struct task *t, size_t i)
{
	const struct place *p = &t->work->scene->places[i];
	int r;

	if (t->sources[i].fd < 0)
		return; /* the result says why */

	r = act_swap(&t->room, p, &t->sources[i]);
	t->untidy = t->untidy || r > 0;
	t->work->results[i] = r < 0 ? r : 0;
}

static void act_all(struct task *t)
{
	const struct scene *scene = t->work->scene;

	for (size_t i = 0; i < scene->count; i++) {
		const struct place *p = &scene->places[i];

		if (needs_source(p->action))
			swap(t, i);
		if (p->action == ACTION_DETACH)
			t->work->results[i] = act_detach(&t->room, p);
	}
}

static int enter(struct task *t)
{
	int r = target_enter(&t->target);

	if (r < 0)
		return r;

	t->room.target = &t->target;
	t->room.judge = (struct judge){ &t->work->survey->devices,
					survey_live(t->work->survey) };
	t->room.root = inside_open(AT_FDCWD, "/", INSIDE_DIRECTORY);
	if (t->room.root < 0)
		return t->room.root;

	return room_look(&t->room);
}

static int open_target(struct task *t)
{
	const struct space *space = t->work->scene->space;
	int proc = t->work->survey->machine->proc;
	int r;

	if (!space->pid)
		return target_of_namespace(proc, space->fd, &t->target);

	r = target_open(proc, space->pid, space->start_ticks, &t->target);
	if (r < 0)
		return r;

	/* It may have left for another since. */
	return ns_same(t->target.mntns_id, space->id) ? 0 : -ESTALE;
}

static int open_all(struct task *t)
{
	int r = open_target(t);

	if (r < 0 || has_action(t->work->scene, ACTION_DETACH))
		return r;

	r = open_sources(t);
	if (r == 0)
		r = plan_attach(t);
	if (r == 0 && t->attach.count)
		r = source_error(attach_open(&t->attach));

	return r;
}

static bool is_untidy(const struct task *t)
{
	const struct scene *scene = t->work->scene;

	for (size_t i = 0; i < scene->count; i++)
		if (scene->places[i].action == ACTION_TIDY ||
		    (scene->places[i].beneath &&
		     needs_source(scene->places[i].action)))
			return true;

	return t->untidy;
}

static int run(struct task *t)
{
	int r = open_all(t);

	if (r == 0)
		r = enter(t);
	if (r < 0)
		return r;

	attach_all(t);
	act_all(t);
	if (is_untidy(t))
		tidy(&t->room, t->work->scene, t->work->results);

	return 0;
}

/* The turn is the container's only in the namespace that was recorded: others
 * belong to it by their word. It is kept until the end of this process, so that
 * where one of us hangs there is no second one to hang. */
static int take_turn(const struct work *w)
{
	const struct survey *s = w->survey;
	const struct record *rec = w->container->record;
	const struct space *space = w->scene->space;
	char name[RECORD_ID_MAX + 1];
	int r;

	if (rec && ns_same(rec->mntns, space->id))
		(void)snprintf(name, sizeof(name), "%s", rec->id);
	else
		space_name(space, name);

	r = turn_take(s->machine->run, name, false);
	return r == -EAGAIN ? -EBUSY : r;
}

int work_run(void *arg)
{
	const struct work *w = arg;
	autoclose int turn = take_turn(w);
	struct task t = {
		.work = w,
		.target = TARGET_NONE,
		.room = ROOM_NONE,
	};

	/* It ends here: nothing is given back but by the end of the process. */
	return turn < 0 ? turn : run(&t);
}
