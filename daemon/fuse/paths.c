/* SPDX-License-Identifier: Apache-2.0 */
/* What is at a path below a container. */
#include "paths.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "parse.h"
#include "str.h"
#include "sysfs.h"
#include "view.h"

#define SYSFS_SIZE 4096 /* st_size of nearly every sysfs file */

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

	for (size_t i = 0; i < n && !strchr(path, '*'); i++)
		if (below(views[i].path, path))
			return true;

	return false;
}

/* The name that view V gives to directory DIR, if any: its next component. A
 * '*' in DIR's own place is met by matching the whole path. */
static struct slice name_in(const struct view *v, const char *dir)
{
	const char *rest = below(v->path, dir);
	const char *last = strrchr(v->path, '/');
	autostr struct str path = { 0 };

	if (rest)
		return (struct slice){ rest, strcspn(rest, "/") };
	if (!last)
		return (struct slice){ 0 };

	str_addf(&path, "%s%s", dir, last);
	if (view_find(str_text(&path), NULL) != v)
		return (struct slice){ 0 };

	return slice_of(last + 1);
}

/* Is PATH a directory that a '*' stands for? */
static bool is_star(const char *path)
{
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t i = 0; i < n; i++)
		if (views[i].star != STAR_NONE && name_in(&views[i], path).len)
			return true;

	return false;
}

/* Not all kernels have every file of procfs. */
static int proc_exists(struct roots host, const char *path)
{
	if (strncmp(path, "proc/", 5) != 0)
		return 0;

	return faccessat(host.proc, path + 5, F_OK, 0) < 0 ? -errno : 0;
}

/* A view in sysfs is there when the host has the folder that it is in: that of
 * a CPU, or any of nodes. */
static int view_exists(struct roots host, const char *path)
{
	autostr struct str dir = { 0 };
	const char *last = strrchr(path, '/');
	struct stat st;

	if (!last || strncmp(path, "sys/", 4) != 0)
		return proc_exists(host, path);

	str_add(&dir, path, (size_t)(last - path));
	if (dir.err)
		return dir.err;

	return sysfs_stat(host.sys, dir.text, &st);
}

/* The kernel says how long a node's list of CPUs may become. */
static off_t view_size(int sys, const char *path)
{
	struct stat st = { 0 };

	if (strncmp(path, "sys/", 4) != 0 || sysfs_stat(sys, path, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return SYSFS_SIZE;

	return st.st_size;
}

/* As it is on the host, nothing but files, directories and links. */
static int host_place(int sys, const char *path, struct place *ret)
{
	struct stat st = { 0 };
	int r = sysfs_stat(sys, path, &st);

	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) &&
	    !S_ISLNK(st.st_mode))
		return -ENOENT;

	ret->mode = st.st_mode;
	ret->size = st.st_size;
	return 0;
}

int path_stat(struct roots host, const char *path, struct place *ret)
{
	const struct view *view = view_find(path, NULL);
	struct stat st;
	int r = 0;

	if (view) {
		r = view_exists(host, path);
		ret->mode = S_IFREG | view->mode;
		ret->size = view_size(host.sys, path);
		ret->proc = strncmp(path, "proc/", 5) == 0 ? view : NULL;
		return r;
	}
	if (sysfs_covers(path))
		return host_place(host.sys, path, ret);
	if (*path == '\0' || has_views(path))
		r = proc_exists(host, path);
	else
		r = is_star(path) ? sysfs_stat(host.sys, path, &st) : -ENOENT;

	ret->mode = S_IFDIR | 0555;
	ret->size = 0;
	return r;
}

struct listing {
	struct roots host;
	const char *dir;
	path_entry *fn;
	void *data;
	const struct view *stars; /* the row by which a directory is in DIR for
				   * each that the host has there, or NULL */
	bool shared;              /* DIR has views that need not be asked for */
};

/* The name by which DIR lists the view V, if it does. LXCFS's users mount all
 * that they find in its "proc": what has to be asked for is not found among
 * other views, only by who knows its name. */
static struct slice listed_as(const struct listing *l, const struct view *v)
{
	if (v->asked && l->shared)
		return (struct slice){ 0 };

	return name_in(v, l->dir);
}

static bool listed_before(const struct listing *l, size_t i, struct slice name)
{
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t j = 0; j < i; j++) {
		struct slice other = listed_as(l, &views[j]);

		if (other.len && slice_same(other, name))
			return true;
	}

	return false;
}

/* Not so is "node" where the kernel knows of none, or a file that it lacks. */
static bool is_there(const struct listing *l, struct slice name)
{
	autostr struct str path = { 0 };
	struct place p;

	str_addf(&path, "%s%s%.*s", l->dir, *l->dir ? "/" : "", (int)name.len,
		 name.p);
	return path_stat(l->host, str_text(&path), &p) == 0;
}

static void list_views(const struct listing *l)
{
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t i = 0; i < n; i++) {
		struct slice name = listed_as(l, &views[i]);
		autofree char *text = NULL;

		/* "cpu*" is the host's to list. */
		if (name.len == 0 || memchr(name.p, '*', name.len) ||
		    listed_before(l, i, name) || !is_there(l, name))
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
	size_t n;

	(void)views_all(&n);
	if (!listed_before(l, n, slice_of(name)))
		l->fn(l->data, name, type);
}

/* On the host it is a symbolic link to elsewhere, or a directory; of it we have
 * what the views in it are. */
static void list_star(void *data, const char *name, mode_t type)
{
	const struct listing *l = data;

	(void)type;
	if (view_star(l->stars, name, NULL))
		l->fn(l->data, name, S_IFDIR);
}

int path_list(struct roots host, const char *path, path_entry *fn, void *data)
{
	struct listing l = {
		.host = host, .dir = path, .fn = fn, .data = data
	};
	size_t n;
	const struct view *views = views_all(&n);

	for (size_t i = 0; i < n; i++) {
		struct slice name = name_in(&views[i], path);

		if (name.len && !views[i].asked)
			l.shared = true;
		if (name.len && memchr(name.p, '*', name.len))
			l.stars = &views[i];
	}

	list_views(&l);
	if (sysfs_covers(path))
		return sysfs_list(host.sys, path, list_host, &l);

	return l.stars ? sysfs_list(host.sys, path, list_star, &l) : 0;
}
