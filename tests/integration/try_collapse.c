/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that are taken from beneath a live one, under the eyes of readers.
 *
 * usage: try_collapse DIR KIND LAYERS */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base.h"
#include "collapse.h"
#include "inside.h"
#include "swap.h"
#include "try_reader.h"
#include "try_stage.h"

#define KILLS 300

struct kind {
	const char *name;
	unsigned long place; /* propagation of DIR/place */
	bool layers;         /* those of "f" are shared */
	int (*run)(struct stage *s, unsigned n);
};

/* A copy of the namespace, for us. */
static int move_out(struct stage *s, const struct kind *k)
{
	autoclose int top = -1;
	int r = unshare(CLONE_NEWNS) < 0 ? -errno : stage_enter(s);

	if (r == 0)
		r = swap_propagation(s->proc, s->place, k->place);
	if (r < 0)
		return r;

	top = inside_open(s->place, "f", INSIDE_ONE_MOUNT);
	r = swap_propagation(s->proc, top, MS_PRIVATE);
	if (r == 0 && k->layers)
		r = swap_propagation(s->proc, top, MS_SHARED);

	return r;
}

/* N layers that should go from "f", the second of them dead, and a dead one
 * from "g"; a live one over each. */
static int build(const struct stage *s, unsigned n)
{
	int r = n > 1 ? stage_dead(s, "f") : 0;

	for (unsigned i = n > 1; r == 0 && i < n; i++)
		r = stage_cover(s, "f");
	if (r == 0)
		r = stage_dead(s, "g");
	if (r == 0)
		r = stage_cover(s, "g");

	return r;
}

/* N layers of "f", one of "g"; the results must be these. */
static int collapse(const struct stage *s, unsigned n, int all, int f, int g)
{
	char path[192];
	struct collapse list[] = { { s->file, n, 1 }, { path, 1, 1 } };
	int r;

	(void)snprintf(path, sizeof(path), "%s/place/g", s->dir);
	r = collapse_stack(s->proc, s->place, list, ARRAY_SIZE(list));
	if (r == all && list[0].err == f && list[1].err == g)
		return 0;

	printf("collapse: %d, %d and %d\n", r, list[0].err, list[1].err);
	return -EBADMSG;
}

static int expect(const struct stage *s, const char *name, int layers)
{
	int got = say(name, stage_layers(s, name));

	if (got == layers)
		return 0;
	printf("%s: %d layers, not %d\n", name, got, layers);
	return -EBADMSG;
}

/* One layer must stay, and one that is not there cannot go. */
static int refuses(const struct stage *s, unsigned layers)
{
	struct collapse list[] = {
		{ s->file, layers, 0 },
		{ "/elsewhere", 1, 0 },
		{ s->dir, 1, 0 },
		{ s->file, 0, 1 },
	};
	int r = collapse_stack(s->proc, s->place, list, ARRAY_SIZE(list));

	if (r != 0 || list[0].err != -EINVAL || list[1].err != -EINVAL ||
	    list[2].err != -EINVAL || list[3].err != 0)
		return say("refusals", -EBADMSG);

	return expect(s, "f", (int)layers);
}

static int stays(const struct stage *s, uint64_t shared, uint64_t master)
{
	uint64_t now[2];
	int r = stage_groups(s, &now[0], &now[1]);

	if (r == 0 && (now[0] != shared || now[1] != master))
		r = -EBADMSG;

	return say("groups", r);
}

static int try(struct stage *s, unsigned n)
{
	uint64_t shared;
	uint64_t master;
	int r = stage_groups(s, &shared, &master);

	if (r == 0)
		r = refuses(s, n + 1);
	if (r == 0)
		r = collapse(s, n, 0, 0, 0);
	if (r == 0)
		r = expect(s, "f", 1);
	if (r == 0)
		r = expect(s, "g", 1);

	return r < 0 ? r : stays(s, shared, master);
}

/* Whatever it was at when it was killed, the next one goes on. */
static int try_killed(struct stage *s, unsigned n)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < KILLS; i++) {
		pid_t child;

		for (int have = stage_layers(s, "f"); have <= (int)n; have++)
			r = stage_cover(s, "f");
		child = fork();
		if (child == 0)
			_exit(collapse(s, n, 0, 0, 0) ? 1 : 0);
		(void)usleep(i * 20);
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}

	for (int have = stage_layers(s, "f"); have <= (int)n; have++)
		r = stage_cover(s, "f");
	if (stage_layers(s, "g") == 1)
		r = stage_cover(s, "g");
	if (r == 0)
		r = collapse(s, n, 0, 0, 0);

	return r < 0 ? r : expect(s, "f", 1);
}

/* A namespace that belongs to a user namespace, as a container with one has.
 * All in it is locked, being a copy. */
static int enter_owned(struct stage *s)
{
	autoclose int ns = -1;
	char path[64];
	int ready[2];
	pid_t child;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0)
			(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}

	(void)!read(ready[0], path, 1);
	(void)snprintf(path, sizeof(path), "%d/ns/mnt", (int)child);
	ns = openat(s->proc, path, O_RDONLY | O_CLOEXEC);
	if (setns(ns, CLONE_NEWNS) < 0)
		return -errno;

	return stage_enter(s);
}

static int try_owner(struct stage *s, unsigned n)
{
	int r = enter_owned(s);

	if (r == 0)
		r = collapse(s, n, -EPERM, 1, 1);

	return r < 0 ? r : expect(s, "f", (int)n + 1);
}

/* Of that a copy, which is ours: in it all is locked. */
static int try_locked(struct stage *s, unsigned n)
{
	int r = enter_owned(s);

	if (r == 0)
		r = unshare(CLONE_NEWNS) < 0 ? -errno : stage_enter(s);
	if (r == 0)
		r = collapse(s, n, 0, -EINVAL, -EINVAL);

	return r < 0 ? r : expect(s, "f", (int)n + 1);
}

/* Before Linux 5.15, with a place that is shared, and with layers that are. */
static int try_old_place(struct stage *s, unsigned n)
{
	int r = collapse(s, n, -EOPNOTSUPP, 0, 0);

	return r < 0 ? r : expect(s, "f", (int)n + 1);
}

static int try_old_layers(struct stage *s, unsigned n)
{
	int r = collapse(s, n, 0, -EINVAL, 0);

	if (r == 0)
		r = expect(s, "f", (int)n + 1);

	return r < 0 ? r : expect(s, "g", 1);
}

static const struct kind kinds[] = {
	{ "private", MS_PRIVATE, false, try },
	{ "layers", MS_PRIVATE, true, try },
	{ "shared", MS_SHARED, true, try },
	{ "slave", MS_SLAVE, false, try },
	{ "killed", MS_SHARED, true, try_killed },
	{ "owner", MS_PRIVATE, false, try_owner },
	{ "locked", MS_PRIVATE, false, try_locked },
	{ "old_place", MS_SHARED, true, try_old_place },
	{ "old_layers", MS_PRIVATE, true, try_old_layers },
};

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];

	return NULL;
}

/* The first reader stays in the namespace that we come from, in which there is
 * but one layer, and DIR/place a peer or a master of ours. */
static int play(struct stage *s, const struct kind *k, unsigned n)
{
	struct reader readers[2];
	int r = swap_propagation(s->proc, s->place, MS_SHARED);

	if (r == 0)
		r = stage_cover(s, "f");
	if (r == 0)
		r = reader_start(&readers[0], s->file, "live");
	if (r == 0)
		r = move_out(s, k);
	if (r == 0)
		r = build(s, n);
	if (r == 0)
		r = reader_start(&readers[1], s->file, "live");
	if (r < 0)
		return say("prepare", r);

	r = say(k->name, k->run(s, n));
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (reader_stop(&readers[i]) < 0)
			r = -EBADMSG;

	return r;
}

int main(int argc, char *argv[])
{
	const struct kind *k = argc == 4 ? kind_find(argv[2]) : NULL;
	struct stage s = STAGE_NONE;

	if (!k)
		return 2;
	if (say("stage", stage_make(&s, argv[1])) < 0)
		return 1;

	return play(&s, k, (unsigned)strtoul(argv[3], NULL, 10)) < 0 ? 1 : 0;
}
