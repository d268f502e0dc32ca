/* SPDX-License-Identifier: Apache-2.0 */
/* One mount namespace: the places in it that are, or should be, ours. */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "gone.h"
#include "layers.h"
#include "machine.h"
#include "mounts.h"
#include "rights.h"
#include "survey.h"
#include "view.h"

static void place_free(struct place *p)
{
	free(p->target);
	free(p->source);
}

void scene_free(struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++)
		place_free(&scene->places[i]);
	free(scene->places);
	scene->places = NULL;
	scene->count = 0;
}

bool scene_is_unseen(const struct scene *scene)
{
	return scene->err == -EFBIG || scene->err == -EAGAIN ||
	       scene->err == -ENOMEM;
}

static int mounts_by_fd(int fd, size_t max, struct mounts *ret)
{
	autostr struct str text = { 0 };
	int r = space_mounts(fd, max, &text);

	return r < 0 ? r : mounts_parse(&text, ret);
}

/* Before Linux 6.11 what such a process has is better than nothing. */
static int mounts_of(const struct survey *s, const struct space *space,
		     size_t max, struct mounts *ret)
{
	int proc = s->machine->proc;
	autoclose int fd = -1;
	char path[32];
	int r;

	if (!space->pid)
		return mounts_by_fd(space->fd, max, ret);
	if (space_is_seen(proc, space->pid))
		return mounts_read(proc, space->pid, max, ret);

	(void)snprintf(path, sizeof(path), "%d/ns/mnt", (int)space->pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = mounts_by_fd(fd, max, ret);

	return r == -ENOSYS ? mounts_read(proc, space->pid, max, ret) : r;
}

static char *text_of(struct slice escaped)
{
	struct str out = { 0 };

	if (!memchr(escaped.p, '\\', escaped.len))
		return strndup(escaped.p, escaped.len);

	mountinfo_unescape(escaped, &out);
	if (out.err)
		str_free(&out);

	return out.text;
}

/* "/containers/a/proc/stat" to "containers/a/proc/stat". The kernel marks what
 * it has forgotten the name of: d_path(), fs/d_path.c. */
static char *source_of(struct slice root)
{
	static const char gone[] = "//deleted";
	size_t len = sizeof(gone) - 1;

	root.p++;
	root.len--;
	if (root.len >= len && memcmp(root.p + root.len - len, gone, len) == 0)
		root.len -= len;

	return root.len ? text_of(root) : strdup("");
}

static const enum place_state states[] = {
	[LAYER_OTHER] = PLACE_FOREIGN,
	[LAYER_LIVE] = PLACE_LIVE,
	[LAYER_STALE] = PLACE_STALE,
	[LAYER_LXCFS] = PLACE_LXCFS,
};

/* Takes over P's texts. */
static int place_add(struct scene *scene, struct place *p)
{
	if (!p->target || !p->source) {
		place_free(p);
		return -ENOMEM;
	}

	scene->places[scene->count++] = *p;
	return 0;
}

static int add_stack(const struct survey *s, struct scene *scene,
		     const struct stack *stack)
{
	struct place p = {
		.target = text_of(stack->top->target),
		.source = source_of(stack->ours->root),
		.state = states[stack->kind],
		.beneath = stack->beneath,
		.err = -EINPROGRESS,
	};

	if (p.target && has_gone(s->machine->sys, p.target)) {
		place_free(&p);
		return 0;
	}

	p.loose = p.source && p.state == PLACE_LIVE &&
		  !rights_kept(stack->top->options, rights_of(p.source));

	return place_add(scene, &p);
}

static bool has_source(const struct scene *scene, const char *source)
{
	for (size_t i = 0; i < scene->count; i++)
		if (strcmp(scene->places[i].source, source) == 0)
			return true;

	return false;
}

/* At "/VIEW". */
static bool has_place(const struct scene *scene, struct slice view)
{
	for (size_t i = 0; i < scene->count; i++)
		if (*scene->places[i].target == '/' &&
		    slice_is(view, scene->places[i].target + 1))
			return true;

	return false;
}

static bool has_target(const struct mounts *m, const char *target)
{
	for (size_t i = 0; i < m->count; i++)
		if (slice_is(m->list[i].target, target))
			return true;

	return false;
}

/* A recorded view that is nowhere in the namespace. Where it is mounted is not
 * asked: before pivot_root(2) that has another name. */
static int want(const struct survey *s, struct scene *scene,
		const struct mounts *m, const struct record *rec,
		struct slice view)
{
	autostr struct str target = { 0 };
	autostr struct str served = { 0 };
	autostr struct str source = { 0 };
	struct place p = { .err = -EINPROGRESS };

	if (has_place(scene, view))
		return 0;

	str_addf(&target, "/%.*s", (int)view.len, view.p);
	if (target.err)
		return target.err;
	view_served(target.text + 1, &served);
	str_addf(&source, "containers/%s/%s", rec->id, str_text(&served));
	if (served.err || source.err)
		return -ENOMEM;
	if (!view_find(served.text, NULL) || has_source(scene, source.text) ||
	    has_gone(s->machine->sys, target.text))
		return 0;

	p.state = has_target(m, target.text) ? PLACE_FOREIGN : PLACE_MISSING;
	p.target = strdup(target.text);
	p.source = strdup(source.text);
	return place_add(scene, &p);
}

static size_t count_views(const struct record *rec)
{
	struct slice rest = slice_of(rec ? rec->views : "");
	struct slice view;
	size_t n = 0;

	while (slice_until(&rest, ',', &view))
		n++;

	return n;
}

/* There was room for more. What this process has, each child has to be given:
 * fork(2) goes through all of it. */
static void trim(struct scene *scene)
{
	void *list = reallocarray(scene->places, scene->count + 1,
				  sizeof(*scene->places));

	if (list)
		scene->places = list;
}

static int fill(const struct survey *s, struct scene *scene,
		const struct record *wanted, const struct mounts *m)
{
	const struct judge judge = { &s->devices, survey_live(s) };
	autofree struct stack *stacks = NULL;
	struct slice rest = slice_of(wanted ? wanted->views : "");
	struct slice view;
	size_t count;
	int r = layers_find(&judge, m, &stacks, &count);

	if (r < 0)
		return r;

	scene->places =
		calloc(count + count_views(wanted) + 1, sizeof(struct place));
	if (!scene->places)
		return -ENOMEM;

	scene->count = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_stack(s, scene, &stacks[i]);
	while (r == 0 && slice_until(&rest, ',', &view))
		r = want(s, scene, m, wanted, view);
	trim(scene);

	return r;
}

static int target_order(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	return strcmp(x->target, y->target);
}

void scene_sort(struct scene *scene)
{
	if (scene->count)
		qsort(scene->places, scene->count, sizeof(*scene->places),
		      target_order);
}

static int target_compare(const void *target, const void *place)
{
	return strcmp(target, ((const struct place *)place)->target);
}

const struct place *scene_find(const struct scene *scene, const char *target)
{
	if (scene->count == 0)
		return NULL;

	return bsearch(target, scene->places, scene->count,
		       sizeof(*scene->places), target_compare);
}

void scene_look(const struct survey *s, struct scene *scene,
		const struct record *wanted, size_t max)
{
	automounts struct mounts m = { 0 };
	int r = mounts_of(s, scene->space, max, &m);

	scene_free(scene);
	if (r == 0)
		r = fill(s, scene, wanted, &m);
	scene_sort(scene);
	scene->err = r;
}
