/* SPDX-License-Identifier: Apache-2.0 */
/* Names of views, and the files that one with '*' stands for. */
#include "plan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "base.h"
#include "parse.h"
#include "stars.h"
#include "str.h"
#include "view.h"

struct plan {
	struct attach_view *views;
	size_t count;
	size_t cap;
};

/* Is NAME all of PATH, or a directory above it? */
static bool above(struct slice name, const char *path)
{
	return strncmp(path, name.p, name.len) == 0 &&
	       (path[name.len] == '\0' || path[name.len] == '/');
}

static bool stands_for(struct slice name, const char *path)
{
	static const char *const left_out[] = {
		"",
		"proc/",
		"sys/",
		"sys/devices/system/",
		"sys/devices/system/cpu/",
	};

	if (slice_is(name, "all"))
		return true;
	if (name.len && *name.p == '/') {
		name.p++;
		name.len--;
	}

	for (size_t i = 0; name.len && i < ARRAY_SIZE(left_out); i++) {
		size_t len = strlen(left_out[i]);

		if (strncmp(path, left_out[i], len) == 0 &&
		    above(name, path + len))
			return true;
	}

	return false;
}

/* A file served as SERVED, which the container has at PATH. */
static int plan_add(struct plan *plan, const char *path, const char *served,
		    mode_t mode)
{
	struct attach_view *v = &plan->views[plan->count];

	if (plan->count == plan->cap)
		return -ENOSPC;
	if (strlen(path) >= sizeof(v->path) ||
	    strlen(served) >= sizeof(v->served))
		return -ENAMETOOLONG;

	*v = (struct attach_view){ .source = { .fd = -1 },
				   .writable = mode & 0222 };
	(void)snprintf(v->path, sizeof(v->path), "%s", path);
	(void)snprintf(v->served, sizeof(v->served), "%s", served);
	plan->count++;
	return 0;
}

struct expansion {
	struct plan *plan;
	const struct view *row;
	int sys;
	unsigned left;
};

/* A file that the host does not have is passed over: a CPU that cannot be taken
 * offline has no "online". So is what is too far away for a record. */
static int plan_star(void *arg, const char *star)
{
	struct expansion *e = arg;
	const char *pattern = e->row->path;
	size_t before = strcspn(pattern, "*");
	autostr struct str served = { 0 };
	autostr struct str path = { 0 };
	int r;

	if (e->left == 0)
		return 1;

	str_addf(&served, "%.*s%s%s", (int)before, pattern, star,
		 pattern + before + 1);
	if (served.err)
		return served.err;
	if (!view_find(served.text, NULL))
		return 0;

	r = star_path(e->row, e->sys, served.text, &path);
	if (r == 0)
		r = plan_add(e->plan, path.text, served.text, e->row->mode);
	if (r < 0)
		return r == -ENOENT || r == -ENAMETOOLONG ? 0 : r;

	e->left--;
	return 0;
}

static int plan_row(struct plan *plan, const struct view *row, int sys)
{
	struct expansion e = { plan, row, sys, PLAN_STARS_MAX };
	int r;

	if (row->star != STAR_NONE) {
		r = stars_each(row->star, sys, plan_star, &e);
		return r < 0 ? r : 0;
	}

	return plan_add(plan, row->path, row->path, row->mode);
}

/* "all", "proc": a name that stands for views which come without asking. */
static bool is_broad(struct slice name)
{
	size_t n;
	const struct view *rows = views_all(&n);

	for (size_t i = 0; i < n; i++)
		if (!rows[i].asked && stands_for(name, rows[i].path))
			return true;

	return false;
}

static bool wanted(const char *list, const struct view *row)
{
	struct slice rest = slice_of(list);
	struct slice name;

	while (slice_until(&rest, ',', &name))
		if (stands_for(name, row->path) &&
		    !(row->asked && is_broad(name)))
			return true;

	return false;
}

static size_t most_mounts(void)
{
	size_t n;
	const struct view *rows = views_all(&n);
	size_t most = 1;

	for (size_t i = 0; i < n; i++)
		most += rows[i].star == STAR_NONE ? 1 : PLAN_STARS_MAX;

	return most;
}

/* A name that stands for no view is a mistake, not an empty list. */
static int check_names(const char *list, struct str *wrong)
{
	struct slice rest = slice_of(list);
	struct slice name = { 0 };
	size_t n;
	const struct view *rows = views_all(&n);

	while (slice_until(&rest, ',', &name)) {
		size_t i = 0;

		while (i < n && !stands_for(name, rows[i].path))
			i++;
		if (i < n)
			continue;
		str_add(wrong, name.p, name.len);
		return -EINVAL;
	}

	return name.p ? 0 : -EINVAL;
}

int plan_views(const char *list, int sys, struct attach_view **ret,
	       size_t *count, struct str *wrong)
{
	size_t n;
	const struct view *rows = views_all(&n);
	struct plan plan = { .cap = most_mounts() };
	int r;

	list = list ? list : "all";
	r = check_names(list, wrong);
	if (r < 0)
		return r;

	plan.views = calloc(plan.cap, sizeof(*plan.views));
	if (!plan.views)
		return -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (wanted(list, &rows[i]))
			r = plan_row(&plan, &rows[i], sys);
	if (r < 0) {
		free(plan.views);
		return r;
	}

	*ret = plan.views;
	*count = plan.count;
	return 0;
}
