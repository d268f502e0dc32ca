/* SPDX-License-Identifier: Apache-2.0 */
/* Which files there are: paths and containers, by node id. */
#include "catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "area.h"
#include "base.h"
#include "containers.h"
#include "nodeid.h"
#include "nodes.h"
#include "paths.h"
#include "size.h"
#include "str.h"
#include "sysfs.h"
#include "view.h"

static const char containers_name_[] = "containers";
static const char metrics_name[] = "metrics";

struct catalog {
	struct nodes *nodes;
	struct containers *cs;
	struct roots host;
	unsigned cpus;       /* that the host may have */
	uint32_t containers; /* nodes of these names, at the top */
	uint32_t metrics;
};

static int add_top(struct catalog *c, const char *name, uint32_t *ret)
{
	long r = nodes_get(c->nodes, NODE_ROOT, name);

	if (r < 0)
		return (int)r;

	*ret = (uint32_t)r;
	return 0;
}

int catalog_open(struct area *a, struct containers *cs, struct roots host,
		 struct catalog **ret)
{
	struct catalog *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;

	c->cs = cs;
	c->host = host;
	c->cpus = a->cpus;
	r = nodes_open(a, &c->nodes);
	if (r == 0)
		r = add_top(c, containers_name_, &c->containers);
	if (r == 0)
		r = add_top(c, metrics_name, &c->metrics);
	if (r < 0) {
		catalog_close(c);
		return r;
	}

	*ret = c;
	return 0;
}

void catalog_close(struct catalog *c)
{
	if (!c)
		return;

	nodes_close(c->nodes);
	free(c);
}

int catalog_path(const struct catalog *c, uint64_t id, struct str *out)
{
	return nodes_path(c->nodes, node_index(id), out);
}

bool catalog_is_containers(const struct catalog *c, uint64_t id)
{
	return id == c->containers; /* serial 0 only */
}

bool catalog_is_metrics(const struct catalog *c, uint64_t id)
{
	return id == c->metrics; /* serial 0 only */
}

void entry_stat(const struct entry *e, time_t born, struct stat *ret)
{
	*ret = (struct stat){
		.st_ino = e->id,
		.st_mode = e->place.mode,
		.st_nlink = S_ISDIR(e->place.mode) ? 2 : 1,
		.st_size = e->place.size,
		.st_blksize = e->place.proc ? e->place.size : 4096,
		.st_atime = born,
		.st_mtime = born,
		.st_ctime = born,
	};
}

static int place_of(const struct catalog *c, const char *path,
		    struct place *ret)
{
	int r = path_stat(c->host, path, ret);

	if (r == 0 && ret->proc)
		ret->size = size_of_view(ret->proc, c->cpus);
	return r;
}

int catalog_stat(struct catalog *c, uint64_t id, struct entry *ret)
{
	autostr struct str path = { 0 };
	struct entry e = { .id = id };
	int r;

	if (node_serial(id) && !containers_has(c->cs, node_serial(id)))
		return -ENOENT;

	r = nodes_path(c->nodes, node_index(id), &path);
	if (r < 0)
		return r;

	if (catalog_is_containers(c, id)) { /* as private as the records */
		e.place.mode = S_IFDIR | 0500;
	} else if (catalog_is_metrics(c, id)) {
		e.place.mode = S_IFREG | 0444;
		e.passing = true; /* who may see it is asked each time */
		e.host_only = true;
	} else {
		r = place_of(c, str_text(&path), &e.place);
	}
	if (r == 0)
		*ret = e;
	return r;
}

static int lookup_container(struct catalog *c, const char *name,
			    struct entry *ret)
{
	uint64_t serial;
	int r = containers_pinned(c->cs, name, &serial);

	if (r < 0)
		return r;

	*ret = (struct entry){
		.id = node_id(serial, NODE_ROOT),
		.place.mode = S_IFDIR | 0555,
		.passing = true,
	};
	return 0;
}

/* The path of NAME in directory node INDEX. */
static int path_in(const struct catalog *c, uint32_t index, const char *name,
		   struct str *out)
{
	int r = nodes_path(c->nodes, index, out);

	if (r < 0)
		return r;
	if (out->len)
		str_adds(out, "/");
	str_adds(out, name);
	return out->err;
}

int catalog_lookup(struct catalog *c, uint64_t dir, const char *name,
		   struct entry *ret)
{
	autostr struct str path = { 0 };
	uint64_t serial = node_serial(dir);
	struct entry e = { 0 };
	long index;
	int r;

	if (catalog_is_containers(c, dir))
		return lookup_container(c, name, ret);
	if (serial && !containers_has(c->cs, serial))
		return -ENOENT;
	if (dir == NODE_ROOT && strcmp(name, containers_name_) == 0)
		return catalog_stat(c, c->containers, ret);
	if (dir == NODE_ROOT && strcmp(name, metrics_name) == 0)
		return catalog_stat(c, c->metrics, ret);

	r = path_in(c, node_index(dir), name, &path);
	if (r < 0)
		return r;

	/* Only what exists gets a number: a search for names fills nothing. */
	r = place_of(c, str_text(&path), &e.place);
	if (r < 0)
		return r;
	index = nodes_get(c->nodes, node_index(dir), name);
	if (index < 0)
		return (int)index;

	e.id = node_id(serial, (uint32_t)index);
	*ret = e;
	return 0;
}

int catalog_readlink(struct catalog *c, uint64_t id, struct str *out)
{
	autostr struct str path = { 0 };
	int r = nodes_path(c->nodes, node_index(id), &path);

	if (r < 0)
		return r;
	if (!sysfs_covers(str_text(&path)))
		return -EINVAL;

	return sysfs_readlink(c->host.sys, str_text(&path), out);
}

const struct view *catalog_view(struct catalog *c, uint64_t id,
				struct star *star)
{
	const struct node_info *info = nodes_info(c->nodes, node_index(id));

	if (star)
		*star = info->star;
	return info->view;
}

int catalog_read(struct catalog *c, uint64_t id, struct str *out)
{
	autostr struct str path = { 0 };
	int r = nodes_path(c->nodes, node_index(id), &path);

	if (r < 0)
		return r;
	if (!sysfs_covers(str_text(&path)))
		return -EISDIR;

	return sysfs_read(c->host.sys, str_text(&path), out);
}

struct naming {
	path_entry *fn;
	void *data;
};

static void name_id(void *data, const char *id)
{
	const struct naming *n = data;

	n->fn(n->data, id, S_IFDIR);
}

int catalog_list(struct catalog *c, uint64_t dir, path_entry *fn, void *data)
{
	autostr struct str path = { 0 };
	struct naming n = { .fn = fn, .data = data };
	struct entry e = { 0 };
	int r = catalog_stat(c, dir, &e);

	if (r < 0)
		return r;
	if (!S_ISDIR(e.place.mode))
		return -ENOTDIR;
	if (catalog_is_containers(c, dir))
		return containers_list(c->cs, name_id, &n);

	r = nodes_path(c->nodes, node_index(dir), &path);
	if (r < 0)
		return r;

	if (dir == NODE_ROOT)
		fn(data, containers_name_, S_IFDIR);
	return path_list(c->host, str_text(&path), fn, data);
}

void catalog_list_host(path_entry *fn, void *data)
{
	fn(data, metrics_name, S_IFREG);
}
