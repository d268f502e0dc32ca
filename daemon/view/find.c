/* SPDX-License-Identifier: Apache-2.0 */
/* From a path to its row in the table of views, and what its '*' stands for. */
#include "view.h"

#include <stdint.h>
#include <string.h>

#include "cpus.h"
#include "parse.h"
#include "str.h"

/* Only as the kernel prints it: "03" is no CPU. */
static bool number_take(struct slice text, unsigned end, struct star *ret)
{
	uint64_t value;

	if (slice_u64(text, &value) < 0 || value >= end ||
	    (text.len > 1 && *text.p == '0'))
		return false;

	ret->number = (unsigned)value;
	return true;
}

static bool star_take(enum star_kind kind, struct slice text, struct star *ret)
{
	struct star star = { .number = 0 };

	if (text.len == 0 || text.len > STAR_TEXT_MAX)
		return false;

	switch (kind) {
	case STAR_CPU:
		if (!number_take(text, CPUS_MAX, &star))
			return false;
		break;
	case STAR_NODE:
		if (!number_take(text, NUMA_NODES_MAX, &star))
			return false;
		break;
	case STAR_DISK:
		if (slice_is(text, ".") || slice_is(text, ".."))
			return false;
		break;
	case STAR_NONE:
		return false;
	}

	memcpy(star.text, text.p, text.len);
	if (ret)
		*ret = star;
	return true;
}

bool view_star(const struct view *row, const char *name, struct star *star)
{
	const char *at = strchr(row->path, '*');
	size_t before = 0;

	while (at && at > row->path && at[-1] != '/') {
		at--;
		before++;
	}
	if (!at || strncmp(name, at, before) != 0)
		return false;

	return star_take(row->star, slice_of(name + before), star);
}

static bool matches(const struct view *row, const char *path, struct star *star)
{
	size_t before = strcspn(row->path, "*");
	struct slice text;

	if (row->path[before] == '\0')
		return strcmp(row->path, path) == 0;
	if (strncmp(row->path, path, before) != 0)
		return false;

	text = (struct slice){ path + before, strcspn(path + before, "/") };
	return strcmp(text.p + text.len, row->path + before + 1) == 0 &&
	       star_take(row->star, text, star);
}

const struct view *view_find(const char *path, struct star *star)
{
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t i = 0; i < n; i++)
		if (matches(&views[i], path, star))
			return &views[i];

	return NULL;
}

static bool is_disk(const char *path)
{
	const struct view *row = view_find(path, NULL);

	return row && row->star == STAR_DISK;
}

/* sysfs keeps a disk's folder at the end of the way that leads to the disk: the
 * host adapters, the controller; what there is on it, only the name says. */
void view_served(const char *path, struct str *out)
{
	static const char devices[] = "sys/devices/";
	const size_t len = sizeof(devices) - 1;
	autostr struct str served = { 0 };
	const char *name = strrchr(path, '/');

	while (name && name > path && name[-1] != '/')
		name--;
	if (strncmp(path, devices, len) == 0 && name && name >= path + len) {
		str_addf(&served, "sys/block/%s", name);
		if (served.err)
			out->err = served.err;
		else if (is_disk(served.text))
			path = served.text;
	}

	str_adds(out, path);
}
