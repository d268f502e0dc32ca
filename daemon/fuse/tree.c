/* SPDX-License-Identifier: Apache-2.0 */
/* Which files there are: derived from the table of views and the host. */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "area.h"
#include "base.h"
#include "containers.h"
#include "nodeid.h"
#include "nodes.h"
#include "parse.h"
#include "str.h"
#include "sysfs.h"
#include "view.h"

static const char containers_name_[] = "containers";

struct tree {
	struct nodes *nodes;
	struct containers *cs;
	int sys;
	uint32_t containers; /* node of the directory of that name */
};

int tree_open(struct area *a, struct containers *cs, int sys, struct tree **ret)
{
	struct tree *t = calloc(1, sizeof(*t));
	long r;

	if (!t)
		return -ENOMEM;

	t->cs = cs;
	t->sys = sys;
	r = nodes_open(a, &t->nodes);
	if (r == 0)
		r = nodes_get(t->nodes, NODE_ROOT, containers_name_);
	if (r < 0) {
		tree_close(t);
		return (int)r;
	}

	t->containers = (uint32_t)r;
	*ret = t;
	return 0;
}

void tree_close(struct tree *t)
{
	if (!t)
		return;

	nodes_close(t->nodes);
	free(t);
}

/* What follows in PATTERN after the directory PATH, or NULL. */
static const char *below(const char *pattern, const char *path)
{
	size_t len = strlen(path);

	if (len == 0)
		return pattern;

	return strncmp(pattern, path, len) == 0 && pattern[len] == '/'
		       ? pattern + len + 1
		       : NULL;
}

/* Is PATH a directory because a view lies in it? */
static bool has_views(const char *path)
{
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t i = 0; i < n; i++)
		if (below(views[i].path, path))
			return true;

	return false;
}

/* A view of one CPU is there when the host has a folder for it. */
static int view_exists(const struct tree *t, const struct view *view,
		       const char *path)
{
	autofree char *dir = NULL;
	struct stat st;

	if (!strchr(view->path, '*'))
		return 0;

	dir = strndup(path, (size_t)(strrchr(path, '/') - path));
	if (!dir)
		return -ENOMEM;

	return sysfs_stat(t->sys, dir, &st);
}

static int stat_path(const struct tree *t, const char *path,
		     const struct view *view, struct entry *ret)
{
	struct stat st;
	int r;

	if (view) {
		r = view_exists(t, view, path);
		ret->mode = S_IFREG | view->mode;
		ret->size = strncmp(path, "proc/", 5) == 0 ? 0 : PAGE;
		return r;
	}
	if (*path == '\0' || has_views(path)) {
		ret->mode = S_IFDIR | 0555;
		ret->size = 0;
		return 0;
	}
	if (!sysfs_covers(path))
		return -ENOENT;

	r = sysfs_stat(t->sys, path, &st);
	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) &&
	    !S_ISLNK(st.st_mode))
		return -ENOENT;
	ret->mode = st.st_mode;
	ret->size = st.st_size;
	return 0;
}

static bool is_containers(const struct tree *t, uint64_t id)
{
	return id == t->containers; /* serial 0 only */
}

int tree_stat(struct tree *t, uint64_t id, struct entry *ret)
{
	autostr struct str path = { 0 };
	struct entry e = { .id = id };
	uint32_t index = node_index(id);
	int r;

	if (node_serial(id) && !containers_has(t->cs, node_serial(id)))
		return -ENOENT;

	r = nodes_path(t->nodes, index, &path);
	if (r < 0)
		return r;

	if (is_containers(t, id))
		e.mode = S_IFDIR | 0555;
	else
		r = stat_path(t, str_text(&path),
			      nodes_info(t->nodes, index)->view, &e);
	if (r == 0)
		*ret = e;
	return r;
}

static int lookup_container(struct tree *t, const char *name, struct entry *ret)
{
	uint64_t serial;
	int r = containers_pinned(t->cs, name, &serial);

	if (r < 0)
		return r;

	*ret = (struct entry){
		.id = node_id(serial, NODE_ROOT),
		.mode = S_IFDIR | 0555,
		.passing = true,
	};
	return 0;
}

/* The path of NAME in directory node INDEX. */
static int path_in(const struct tree *t, uint32_t index, const char *name,
		   struct str *out)
{
	int r = nodes_path(t->nodes, index, out);

	if (r < 0)
		return r;
	if (out->len)
		str_adds(out, "/");
	str_adds(out, name);
	return out->err;
}

int tree_lookup(struct tree *t, uint64_t dir, const char *name,
		struct entry *ret)
{
	autostr struct str path = { 0 };
	uint64_t serial = node_serial(dir);
	struct entry e = { 0 };
	unsigned cpu;
	long index;
	int r;

	if (is_containers(t, dir))
		return lookup_container(t, name, ret);
	if (serial && !containers_has(t->cs, serial))
		return -ENOENT;
	if (dir == NODE_ROOT && strcmp(name, containers_name_) == 0)
		return tree_stat(t, t->containers, ret);

	r = path_in(t, node_index(dir), name, &path);
	if (r < 0)
		return r;

	/* Only what exists gets a number: a search for names fills nothing. */
	r = stat_path(t, str_text(&path), view_find(str_text(&path), &cpu), &e);
	if (r < 0)
		return r;
	index = nodes_get(t->nodes, node_index(dir), name);
	if (index < 0)
		return (int)index;

	e.id = node_id(serial, (uint32_t)index);
	*ret = e;
	return 0;
}

int tree_readlink(struct tree *t, uint64_t id, struct str *out)
{
	autostr struct str path = { 0 };
	int r = nodes_path(t->nodes, node_index(id), &path);

	if (r < 0)
		return r;
	if (!sysfs_covers(str_text(&path)))
		return -EINVAL;

	return sysfs_readlink(t->sys, str_text(&path), out);
}

const struct view *tree_view(struct tree *t, uint64_t id, unsigned *cpu)
{
	const struct node_info *info = nodes_info(t->nodes, node_index(id));

	*cpu = info->cpu;
	return info->view;
}

int tree_read(struct tree *t, uint64_t id, struct str *out)
{
	autostr struct str path = { 0 };
	int r = nodes_path(t->nodes, node_index(id), &path);

	if (r < 0)
		return r;
	if (!sysfs_covers(str_text(&path)))
		return -EISDIR;

	return sysfs_read(t->sys, str_text(&path), out);
}

struct listing {
	const char *dir;
	tree_entry *fn;
	void *data;
};

/* The name that view V gives to directory DIR, if any: its next component. A
 * '*' in DIR's own place is met by matching the whole path. */
static struct slice name_in(const struct view *v, const char *dir)
{
	const char *rest = below(v->path, dir);
	autostr struct str path = { 0 };
	const char *last;
	unsigned cpu;

	if (rest)
		return (struct slice){ rest, strcspn(rest, "/") };

	last = strrchr(v->path, '/') + 1;
	str_addf(&path, "%s/%s", dir, last);
	if (view_find(str_text(&path), &cpu) == v)
		return slice_of(last);

	return (struct slice){ 0 };
}

static bool same_name(struct slice a, struct slice b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static bool named_before(const struct view *views, size_t i, const char *dir,
			 struct slice name)
{
	for (size_t j = 0; j < i; j++) {
		struct slice other = name_in(&views[j], dir);

		if (other.len && same_name(other, name))
			return true;
	}

	return false;
}

static void list_views(const struct listing *l)
{
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t i = 0; i < n; i++) {
		struct slice name = name_in(&views[i], l->dir);
		autofree char *text = NULL;

		/* "cpu*" is the host's to list. */
		if (name.len == 0 || memchr(name.p, '*', name.len) ||
		    named_before(views, i, l->dir, name))
			continue;
		text = strndup(name.p, name.len);
		if (text)
			l->fn(l->data, text,
			      name.p[name.len] == '/' ? S_IFDIR : S_IFREG);
	}
}

/* An entry of the host, unless a view of that name has been listed. */
static void list_host(void *data, const char *name, mode_t type)
{
	const struct listing *l = data;
	struct slice own = slice_of(name);
	size_t n;
	const struct view *views = views_all(&n);

	if (!named_before(views, n, l->dir, own))
		l->fn(l->data, name, type);
}

static void list_id(void *data, const char *id)
{
	const struct listing *l = data;

	l->fn(l->data, id, S_IFDIR);
}

int tree_list(struct tree *t, uint64_t dir, tree_entry *fn, void *data)
{
	autostr struct str path = { 0 };
	struct listing l = { .fn = fn, .data = data };
	struct entry e;
	int r = tree_stat(t, dir, &e);

	if (r < 0)
		return r;
	if (!S_ISDIR(e.mode))
		return -ENOTDIR;
	if (is_containers(t, dir))
		return containers_list(t->cs, list_id, &l);

	r = nodes_path(t->nodes, node_index(dir), &path);
	if (r < 0)
		return r;

	l.dir = str_text(&path);
	list_views(&l);
	if (dir == NODE_ROOT)
		fn(data, containers_name_, S_IFDIR);
	if (*l.dir && sysfs_covers(l.dir))
		r = sysfs_list(t->sys, l.dir, list_host, &l);

	return r;
}
