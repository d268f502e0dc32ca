/* SPDX-License-Identifier: Apache-2.0 */
/* Do what is decided, in all namespaces: a child for each, then another look
 * from outside, which is what counts. */
#include "repair.h"

#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#include "base.h"
#include "crew.h"
#include "decide.h"
#include "settle.h"
#include "show.h"
#include "survey.h"
#include "work.h"

#define ROUNDS   3
#define PAUSE_NS 100000000

struct round {
	const struct cli *cli;
	struct survey *survey;
	struct crew_job *jobs;
	struct work *works;
	size_t count;
	int *results;
	size_t places; /* that results has room for */
};

static void round_end(struct round *r)
{
	if (r->results)
		(void)munmap(r->results, r->places * sizeof(*r->results));
	free(r->jobs);
	free(r->works);
	r->jobs = NULL;
	r->works = NULL;
	r->results = NULL;
	r->count = 0;
	r->places = 0;
}

static void job_add(struct round *r, struct container *c, struct scene *scene)
{
	if (scene->err < 0 || !scene->again || decide(r->cli, c, scene) == 0)
		return;

	r->works[r->count] = (struct work){
		.survey = r->survey,
		.container = c,
		.scene = scene,
	};
	r->jobs[r->count] = (struct crew_job){
		.arg = &r->works[r->count],
		.key = c->id,
	};
	r->places += scene->count;
	r->count++;
}

/* Recorded containers first: nobody is to wait for what others have made. */
static void round_plan(struct round *r)
{
	for (int recorded = 1; recorded >= 0; recorded--)
		for (size_t i = 0; i < r->survey->count; i++) {
			struct container *c = &r->survey->list[i];

			for (size_t k = 0; k < c->count; k++)
				if (recorded == (c->record != NULL))
					job_add(r, c, &c->scenes[k]);
		}
}

static int round_begin(struct round *r)
{
	size_t n = r->survey->nscenes + 1;
	size_t used = 0;

	r->jobs = calloc(n, sizeof(*r->jobs));
	r->works = calloc(n, sizeof(*r->works));
	if (!r->jobs || !r->works)
		return -ENOMEM;

	round_plan(r);
	if (r->places == 0)
		return 0;

	r->results =
		mmap(NULL, r->places * sizeof(*r->results),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->results == MAP_FAILED) {
		r->results = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i < r->places; i++)
		r->results[i] = -EINPROGRESS;
	for (size_t i = 0; i < r->count; i++) {
		r->works[i].results = r->results + used;
		used += r->works[i].scene->count;
	}

	return 0;
}

/* What a child did not come to is as its end says. */
static int result_of(const struct crew_job *job, int result)
{
	if (result != -EINPROGRESS)
		return result;

	return job->result < 0 ? job->result : -ECANCELED;
}

/* Is it as it should be now, whatever was said of it? */
static bool is_done(const struct place *p)
{
	if (p->action == ACTION_DETACH)
		return p->state == PLACE_MISSING ||
		       (p->state == PLACE_FOREIGN && !p->beneath);

	return p->state == PLACE_LIVE;
}

/* Somebody was at work there, or it changed in the same moment. */
static bool worth_another(int err)
{
	return err == -EBUSY || err == -ESTALE || err == -EAGAIN;
}

/* What was not there before, or was something else, came meanwhile. */
static void look_for_new(const struct round *r, const struct container *c,
			 struct place *p)
{
	enum place_action a = decide_place(r->cli, c, p);

	if (a == ACTION_NONE || a == ACTION_TIDY)
		return;
	p->action = a;
	p->err = -ESTALE;
}

static bool job_end(struct round *r, size_t i)
{
	const struct work *w = &r->works[i];
	struct scene *scene = &r->survey->scenes[w->scene - r->survey->scenes];
	bool again = false;

	for (size_t k = 0; k < scene->count; k++)
		if (scene->places[k].action != ACTION_NONE)
			scene->places[k].err =
				result_of(&r->jobs[i], w->results[k]);
	settle_views(r->survey, w->container, scene);
	if (survey_is_late(r->survey))
		return false; /* then its own word is taken */
	survey_again(r->survey, w->container, scene);

	for (size_t k = 0; k < scene->count; k++) {
		struct place *p = &scene->places[k];

		if (p->action == ACTION_NONE)
			look_for_new(r, w->container, p);
		if (p->action == ACTION_NONE || p->action == ACTION_TIDY)
			continue;
		if (is_done(p))
			p->err = 0;
		else if (p->err == 0)
			p->err = -ESTALE;
		again = again || worth_another(p->err);
	}

	return again;
}

static void watch(size_t done, size_t all, void *arg)
{
	progress_show(arg, done, all);
}

static int round_run(struct round *r, struct progress *p)
{
	const struct crew crew = {
		.work = work_run,
		.timeout_ms = r->cli->timeout * 1000,
		.until = r->survey->until,
		.watch = watch,
		.watch_arg = p,
	};
	int e = round_begin(r);

	if (e == 0 && r->count)
		e = crew_run(&crew, r->jobs, r->count);
	if (e < 0)
		return e;

	for (size_t i = 0; i < r->survey->nscenes; i++)
		r->survey->scenes[i].again = false;
	for (size_t i = 0; i < r->count; i++)
		r->survey->scenes[r->works[i].scene - r->survey->scenes].again =
			job_end(r, i);

	return 0;
}

static bool any_again(const struct survey *s)
{
	for (size_t i = 0; i < s->nscenes; i++)
		if (s->scenes[i].again)
			return true;

	return false;
}

int repair(const struct cli *cli, struct survey *s, struct progress *p)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct round round = {
		.cli = cli,
		.survey = s,
	};
	int r = 0;

	for (size_t i = 0; i < s->nscenes; i++)
		s->scenes[i].again = true;
	for (int i = 0; r == 0 && i < ROUNDS && any_again(s); i++) {
		if (i > 0)
			(void)nanosleep(&pause, NULL);
		r = round_run(&round, p);
		round_end(&round);
		if (i == 0) /* nobody has waited for these */
			survey_long(s);
	}

	return r;
}
