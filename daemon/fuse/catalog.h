/* SPDX-License-Identifier: Apache-2.0 */
/* Which files there are, without a word about FUSE: static directories, views,
 * the host's CPU folder, and the containers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "paths.h"

struct area;
struct containers;
struct stat;
struct star;
struct str;
struct catalog;
struct view;

struct entry {
	uint64_t id; /* nodeid.h */
	struct place place;
	bool passing;   /* the name may mean another file at any time */
	bool host_only; /* there for nobody but the host's own processes */
};

/* HOST stays the caller's. Returns 0 or -errno. */
int catalog_open(struct area *a, struct containers *cs, struct roots host,
		 struct catalog **ret);
void catalog_close(struct catalog *c);

/* NAME in directory DIR. Returns 0, -ENOENT or -errno. */
int catalog_lookup(struct catalog *c, uint64_t dir, const char *name,
		   struct entry *ret);

/* Is it the directory of all containers? A name in it may mean another one at
 * any time, and is for nobody but the host's own processes. */
bool catalog_is_containers(const struct catalog *c, uint64_t id);

/* Is it the file with what we have counted? */
bool catalog_is_metrics(const struct catalog *c, uint64_t id);

/* The attributes of E; all times are BORN, in seconds since the epoch. */
void entry_stat(const struct entry *e, time_t born, struct stat *ret);

int catalog_stat(struct catalog *c, uint64_t id, struct entry *ret);

/* Append the path of ID below its container's top, or the mount's. */
int catalog_path(const struct catalog *c, uint64_t id, struct str *out);

/* Append where the symbolic link ID points to. */
int catalog_readlink(struct catalog *c, uint64_t id, struct str *out);

/* The view that ID is, or NULL; *STAR as in view_find(). */
const struct view *catalog_view(struct catalog *c, uint64_t id,
				struct star *star);

/* Append the text of ID, a file of the host that no view stands for. */
int catalog_read(struct catalog *c, uint64_t id, struct str *out);

/* path_list() of directory DIR, or the ids of all containers. What is
 * there for the host only is not among them. */
int catalog_list(struct catalog *c, uint64_t dir, path_entry *fn, void *data);

/* Call FN for what is at the mount's top for the host only. */
void catalog_list_host(path_entry *fn, void *data);
