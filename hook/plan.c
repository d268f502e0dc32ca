/* SPDX-License-Identifier: Apache-2.0 */
/* Names of views, and the CPUs that a name with '*' stands for. */
#include "plan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "base.h"
#include "cpus.h"
#include "file.h"
#include "parse.h"
#include "str.h"
#include "view.h"

#define CPU_DIR "devices/system/cpu/"

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

static int plan_add(struct plan *plan, const char *path, mode_t mode)
{
	struct attach_view *v = &plan->views[plan->count];

	if (plan->count == plan->cap)
		return -ENOSPC;
	if (strlen(path) >= sizeof(v->path))
		return -ENAMETOOLONG;

	*v = (struct attach_view){ .source = { .fd = -1 },
				   .writable = mode & 0222 };
	(void)snprintf(v->path, sizeof(v->path), "%s", path);
	plan->count++;
	return 0;
}

/* One file for each CPU that has it on the host: a CPU that cannot be taken
 * offline has no "online". */
static int plan_cpus(struct plan *plan, const struct view *row, int sys)
{
	autostr struct str text = { 0 };
	struct cpus present;
	size_t before = strcspn(row->path, "*");
	unsigned left = PLAN_CPUS_MAX;
	int r = file_read(sys, CPU_DIR "present", 65536, &text);

	if (r == 0)
		r = cpus_parse(str_text(&text), &present);
	if (r < 0)
		return r;

	for (unsigned i = cpus_next(&present, 0); i < CPUS_MAX && left;
	     i = cpus_next(&present, i + 1)) {
		char path[ATTACH_PATH_MAX];

		(void)snprintf(path, sizeof(path), "%.*s%u%s", (int)before,
			       row->path, i, row->path + before + 1);
		if (faccessat(sys, path + strlen("sys/"), F_OK, 0) < 0)
			continue;
		r = plan_add(plan, path, row->mode);
		if (r < 0)
			return r;
		left--;
	}

	return 0;
}

static int plan_row(struct plan *plan, const struct view *row, int sys)
{
	if (strchr(row->path, '*'))
		return plan_cpus(plan, row, sys);

	return plan_add(plan, row->path, row->mode);
}

static bool wanted(const char *list, const char *path)
{
	struct slice rest = slice_of(list);
	struct slice name;

	while (slice_until(&rest, ',', &name))
		if (stands_for(name, path))
			return true;

	return false;
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
	struct plan plan = { .cap = n + PLAN_CPUS_MAX };
	int r;

	list = list ? list : "all";
	r = check_names(list, wrong);
	if (r < 0)
		return r;

	plan.views = calloc(plan.cap, sizeof(*plan.views));
	if (!plan.views)
		return -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (wanted(list, rows[i].path))
			r = plan_row(&plan, &rows[i], sys);
	if (r < 0) {
		free(plan.views);
		return r;
	}

	*ret = plan.views;
	*count = plan.count;
	return 0;
}
