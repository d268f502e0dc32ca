/* SPDX-License-Identifier: Apache-2.0 */
/* The names below a container: an append-only table in the area, so that a
 * number once given to the kernel always means the same path. */
#pragma once

#include <stdint.h>

#include "view.h"

struct area;
struct nodes;
struct str;

/* What a node's path says about it. */
struct node_info {
	const struct view *view; /* or NULL */
	struct star star;        /* the '*' of the view's path */
};

/* A process's index of the table. Returns 0 or -ENOMEM. */
int nodes_open(struct area *a, struct nodes **ret);
void nodes_close(struct nodes *n);

/* The node NAME in directory PARENT; it is added when it is new. Returns its
 * index (> 0), -ENAMETOOLONG, or -ENOSPC when the table is full. */
long nodes_get(struct nodes *n, uint32_t parent, const char *name);

/* Append the path of INDEX below the container ("" for its top). Returns 0 or
 * -ENOENT when there is no such node. */
int nodes_path(const struct nodes *n, uint32_t index, struct str *out);

/* What is known of INDEX; never NULL. */
const struct node_info *nodes_info(struct nodes *n, uint32_t index);
