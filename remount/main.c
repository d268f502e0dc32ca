/* SPDX-License-Identifier: Apache-2.0 */
/* resview-remount: look, decide, do, and say what came of it. */
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

#include "account.h"
#include "adopt_lxcfs.h"
#include "alone.h"
#include "base.h"
#include "cli.h"
#include "confine.h"
#include "decide.h"
#include "log.h"
#include "machine.h"
#include "repair.h"
#include "scene.h"
#include "settle.h"
#include "show.h"
#include "shown_limits.h"
#include "str.h"
#include "survey.h"
#include "words.h"

/* Namespaces without a process, and the files of all of a container, are held
 * as fds. */
static void allow_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

/* Whoever starts us waits for us, and somebody who wants to repair the next
 * accident does. So many times what one may take: what is left then is left.
 * Where nobody hangs, thousands of containers do not take that long. */
#define PATIENCE 4

/* What is only looked at needs no lock, and no daemon. */
static bool changes(const struct cli *cli)
{
	return cli->mode != MODE_LIST && cli->mode != MODE_CHECK &&
	       !cli->dry_run;
}

static int find_names(const struct cli *cli, struct survey *s)
{
	const char *wrong = NULL;
	int r = decide_names(cli, s, &wrong);

	if (r == -ENOENT)
		log_line(LOG_ERR, "%s: no container has this id; see --list",
			 wrong);
	if (r == -EEXIST)
		log_line(LOG_ERR,
			 "%s: the ids of several containers begin with it; "
			 "see --list",
			 wrong);

	return r;
}

/* Those that the command line does not name, and what turned out to have
 * nothing to do with us, are not told of. */
static void keep_named(const struct cli *cli, struct survey *s)
{
	size_t unseen = 0;
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct container *c = &s->list[i];

		if (c->named && (c->record || survey_places(c)))
			s->list[n++] = *c;
		else if (c->named)
			unseen += scene_is_unseen(&c->scenes[0]);
	}
	s->count = n;
	if (unseen && cli->mode != MODE_CHECK)
		log_line(LOG_WARNING,
			 "%zu mount namespaces more: not looked at, they have "
			 "too many mounts, or there was no time",
			 unseen);
}

static int say(const struct str *text)
{
	if (text->err)
		return log_error(text->err, NULL, "say it");
	if (fputs(str_text(text), stdout) < 0 || fflush(stdout) != 0)
		return log_error(-errno, NULL, "write");

	return 0;
}

/* Returns the exit code. */
static int list(const struct cli *cli, struct survey *s)
{
	autostr struct str out = { 0 };
	uint64_t now = clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC;
	int r = limits_read(s);

	if (r < 0)
		(void)log_warning(r, "they are not shown", "read the limits");
	figures_read(s);
	if (cli->json)
		show_json(s, now, &out);
	else
		show_table(s, now, &out);

	return say(&out) < 0 ? 1 : 0;
}

static void plan(const struct cli *cli, struct survey *s)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < s->list[i].count; k++)
			(void)decide(cli, &s->list[i], &s->list[i].scenes[k]);
}

static int dry_run(const struct cli *cli, struct survey *s)
{
	autostr struct str out = { 0 };

	plan(cli, s);
	if (cli->json)
		show_json(s, clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC, &out);
	else
		(void)show_plan(s, &out);

	return say(&out) < 0 ? 1 : 0;
}

/* Layers beneath a live one are of no harm to anybody. */
static bool is_sick(const struct scene *scene)
{
	if (scene->err < 0 && scene->err != -ESRCH)
		return true;

	for (size_t i = 0; i < scene->count; i++)
		if (scene->places[i].action == ACTION_SWAP ||
		    scene->places[i].action == ACTION_ATTACH)
			return true;

	return false;
}

static int check(const struct cli *cli, struct survey *s)
{
	plan(cli, s);
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < s->list[i].count; k++)
			if (is_sick(&s->list[i].scenes[k]))
				return 1;

	return s->answer < 0 ? 1 : 0;
}

/* Have the record say what is wanted of C from now on. */
static int prepare_one(const struct cli *cli, struct survey *s,
		       struct container *c)
{
	if (cli->mode == MODE_ADOPT)
		return adopt_lxcfs(s, c);
	if (cli->mode == MODE_DETACH || cli->count)
		return settle_detached(s, c, cli->mode == MODE_DETACH);

	return 0;
}

/* What is wanted is written down before it is done: who is killed in between
 * can be told to go on. Returns how many could not be. */
static size_t prepare(const struct cli *cli, struct survey *s)
{
	size_t failed = 0;

	for (size_t i = 0; i < s->count; i++) {
		struct container *c = &s->list[i];
		int r = c->named ? prepare_one(cli, s, c) : 0;

		if (r >= 0)
			continue;
		log_line(r == -ESRCH ? LOG_WARNING : LOG_ERR,
			 "container %s: write its record: %s; it is left as it "
			 "is",
			 c->id, why_not(ACTION_NONE, r));
		c->named = false;
		failed += r != -ESRCH;
	}

	return failed;
}

static int change(const struct cli *cli, struct survey *s)
{
	autostr struct str out = { 0 };
	struct progress progress = { .what = "working on" };
	size_t failed;
	int r;

	if (s->answer < 0 && cli->mode != MODE_DETACH) {
		(void)log_error(s->answer, "nothing is done",
				"resviewd does not answer at %s",
				s->mountpoint ? s->mountpoint : cli->run_dir);
		return 1;
	}

	failed = prepare(cli, s);
	r = repair(cli, s, &progress);
	progress_clear(&progress);
	keep_named(cli, s);
	if (r < 0)
		return log_error(r, NULL, "start") < 0 ? 1 : 0;

	account(s, failed);
	if (cli->json)
		show_json(s, clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC, &out);
	else
		show_summary(s, &out);
	failed += show_failures(s);

	return say(&out) < 0 || failed ? 1 : 0;
}

static int run(const struct cli *cli, const struct machine *m)
{
	autoclose int locked = changes(cli) ? alone(m->run, cli->run_dir) : -1;
	autosurvey struct survey s = {
		.machine = m,
		.timeout_ms = cli->timeout * 1000,
		.until = clock_ns(CLOCK_MONOTONIC) +
			 PATIENCE * NSEC_PER_SEC * cli->timeout,
		.origin = ORIGIN_NONE,
	};
	int r;

	if (changes(cli) && locked < 0)
		return 1;

	r = survey_make(&s);
	if (r < 0)
		return log_error(r, NULL, "look at the machine") < 0 ? 1 : 0;
	if (!changes(cli))
		survey_long(&s);
	if (find_names(cli, &s) < 0)
		return 1;
	if (changes(cli))
		return change(cli, &s);

	keep_named(cli, &s);
	if (cli->mode == MODE_CHECK)
		return check(cli, &s);

	return cli->dry_run ? dry_run(cli, &s) : list(cli, &s);
}

static int start(const struct cli *cli)
{
	automachine struct machine m = MACHINE_NONE;
	const char *wrong = "";
	int r = confine();

	allow_files();
	if (r == 0)
		r = machine_open(cli->run_dir, &m, &wrong);
	if (r == -ENOENT && wrong == cli->run_dir)
		log_line(LOG_ERR, "%s: no such directory, has resviewd run?",
			 wrong);
	else if (r < 0)
		(void)log_error(r, NULL, "open %s", wrong);

	return r < 0 ? 1 : run(cli, &m);
}

int main(int argc, char *argv[])
{
	struct cli cli = { 0 };
	int r;

	log_open("resview-remount", LOG_INFO,
		 /* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
		 log_is_journal(getenv("JOURNAL_STREAM")));
	r = cli_parse(argc, argv, &cli);

	return r >= 0 ? r : start(&cli);
}
