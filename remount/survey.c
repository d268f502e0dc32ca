/* SPDX-License-Identifier: Apache-2.0 */
/* Look at everything: namespaces and records, put together to containers. */
#include "survey.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "drafts.h"
#include "machine.h"
#include "mountinfo.h"
#include "scene.h"
#include "served.h"

dev_t survey_live(const struct survey *s)
{
	bool gone = s->answer == -ENODEV || s->answer == -ENOTCONN;

	if (gone || s->devices.count == 0)
		return 0;

	return s->devices.list[s->devices.count - 1].dev;
}

/* Is it we who cannot look, whatever there is to be seen? To go on would be to
 * say that all is well. */
static bool is_want(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM;
}

struct reading {
	struct survey *survey;
	int err;
};

static void record_add(void *arg, const char *id)
{
	struct reading *reading = arg;
	struct survey *s = reading->survey;
	autorecord struct record rec = { 0 };
	int r = registry_read(s->machine->registry, id, &rec);

	/* What else cannot be read is of no use to anybody. */
	if (is_want(r))
		reading->err = r;
	else if (r == 0 && record_runs(s->machine->proc, &rec) &&
		 !survey_record(s, &rec))
		reading->err = -ENOMEM;
}

/* Anybody can leave his namespace for a new one. The kernel gives the number of
 * the old one away again, to a neighbour maybe. */
static bool is_still_in(const struct survey *s, const struct record *rec)
{
	struct ns_id now;

	return proc_ns_read(s->machine->proc, rec->pid, "mnt", &now) == 0 &&
	       ns_same(now, rec->mntns);
}

/* The record of the container whose own namespace SPACE is. */
static struct record *record_at(const struct survey *s,
				const struct space *space)
{
	for (struct known *k = s->known; k; k = k->next)
		if (ns_same(k->record.mntns, space->id) &&
		    is_still_in(s, &k->record))
			return &k->record;

	return NULL;
}

/* A copy of LXCFS's own mount point, as any service with a namespace of its own
 * has it, makes no container. */
static bool concerns_us(const struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++)
		if (scene->places[i].state != PLACE_LXCFS ||
		    *scene->places[i].source)
			return true;

	return false;
}

/* Nobody outlives a container's first process. */
static void look_by_first(const struct survey *s, const struct record *own,
			  struct space *space)
{
	if (!own || !space_is_seen(s->machine->proc, own->pid))
		return;

	space->pid = own->pid;
	space->start_ticks = own->start_ticks;
}

/* How much memory it takes to look at a namespace is up to who owns that; how
 * many files is not. */
static int draft_add(struct drafts *d, struct space *space, struct record *own)
{
	const struct survey *s = d->survey;
	struct draft *draft = &d->list[d->count];
	struct scene *scene = &draft->scene;

	*draft = (struct draft){ .scene = { .space = space }, .own = own };
	look_by_first(s, own, space);
	if (own || clock_ns(CLOCK_MONOTONIC) < d->until)
		scene_look(s, scene, own, SURVEY_SHORT);
	else
		scene->err = -EAGAIN;
	if (is_want(scene->err) && scene->err != -ENOMEM) {
		scene_free(scene);
		return scene->err;
	}
	if (!own && !scene_is_unseen(scene) && !concerns_us(scene)) {
		scene_free(scene);
		return 0;
	}

	draft_name(d, draft);
	d->count++;
	return 0;
}

static int drafts_add(struct drafts *d, bool recorded)
{
	struct survey *s = d->survey;
	int r = 0;

	d->until = clock_ns(CLOCK_MONOTONIC) + SURVEY_OTHERS;
	for (size_t i = 0; r == 0 && i < s->spaces.count; i++) {
		struct space *space = &s->spaces.list[i];
		struct record *own = record_at(s, space);

		if (recorded == (own != NULL))
			r = draft_add(d, space, own);
	}

	return r;
}

/* By container, its own namespace first. */
static int draft_order(const void *a, const void *b)
{
	const struct draft *x = a;
	const struct draft *y = b;
	int r = strcmp(x->id, y->id);

	if (r == 0)
		r = (y->own != NULL) - (x->own != NULL);
	if (r == 0)
		r = (x->scene.space > y->scene.space) -
		    (x->scene.space < y->scene.space);

	return r;
}

static void container_begin(const struct survey *s, const struct draft *d,
			    struct scene *scene, struct container *c)
{
	(void)snprintf(c->id, sizeof(c->id), "%s", d->id);
	c->scenes = scene;
	c->pid = d->scene.space->pid;
	c->runtime = d->runtime;
	c->record = drafts_record(s, d->id);
	if (!c->record)
		return;

	c->pid = c->record->pid;
	c->runtime = draft_runtime(c->record);
}

static int gather(struct survey *s, struct drafts *d)
{
	struct container *c = NULL;

	qsort(d->list, d->count, sizeof(*d->list), draft_order);
	s->scenes = calloc(d->count + 1, sizeof(*s->scenes));
	s->list = calloc(d->count + 1, sizeof(*s->list));
	if (!s->scenes || !s->list)
		return -ENOMEM;

	for (size_t i = 0; i < d->count; i++) {
		s->scenes[i] = d->list[i].scene;
		if (!c || strcmp(c->id, d->list[i].id) != 0) {
			c = &s->list[s->count++];
			container_begin(s, &d->list[i], &s->scenes[i], c);
		}
		c->count++;
		d->list[i].scene = (struct scene){ 0 }; /* handed over */
	}
	s->nscenes = d->count;

	return 0;
}

int survey_make(struct survey *s)
{
	struct reading reading = { .survey = s };
	struct drafts d = { .survey = s };
	int r = served_find(s);

	if (r == 0)
		r = registry_list(s->machine->registry, record_add, &reading);
	if (r == 0)
		r = reading.err;
	if (r == 0)
		r = spaces_scan(s->machine->proc, &s->spaces);
	if (r < 0)
		return r;

	d.list = calloc(s->spaces.count + 1, sizeof(*d.list));
	if (!d.list)
		return -ENOMEM;

	r = drafts_add(&d, true);
	if (r == 0)
		r = drafts_add(&d, false);
	if (r == 0)
		r = gather(s, &d);
	for (size_t i = 0; i < d.count; i++) {
		scene_free(&d.list[i].scene);
		free(d.list[i].cgroup);
	}
	free(d.list);

	return r;
}
