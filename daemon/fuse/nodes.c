/* SPDX-License-Identifier: Apache-2.0 */
/* The names below a container: an append-only table in the area. */
#include "nodes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "area.h"
#include "base.h"
#include "nodeid.h"
#include "str.h"
#include "view.h"

#define HASH_SIZE (2 * NODES_MAX)
#define FIRST     (NODE_ROOT + 1) /* indices begin here; node_count is ours */
#define DEPTH_MAX 32

/* The table itself is in the area; what can be derived from it is not. */
struct nodes {
	struct area *area;
	_Atomic uint32_t indexed; /* nodes that are in `hash`, `info` */
	uint32_t hash[HASH_SIZE]; /* index, 0: empty */
	struct node_info info[NODES_MAX];
};

static uint32_t hash_of(uint32_t parent, const char *name)
{
	uint32_t h = 2166136261U ^ parent; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619U;

	return h;
}

/* Where NAME is in the hash, or the empty place where it belongs. */
static uint32_t *place_of(struct nodes *n, uint32_t parent, const char *name)
{
	uint32_t h = hash_of(parent, name);

	for (;; h++) {
		uint32_t *at = &n->hash[h % HASH_SIZE];
		const struct node *node = &n->area->nodes[*at];

		if (*at == 0 || (node->parent == parent &&
				 strncmp(node->name, name, NODE_NAME) == 0))
			return at;
	}
}

int nodes_path(const struct nodes *n, uint32_t index, struct str *out)
{
	const char *names[DEPTH_MAX];
	int depth = 0;

	while (index != NODE_ROOT) {
		if (index < FIRST || depth == DEPTH_MAX ||
		    index >= FIRST + atomic_load(&n->area->node_count))
			return -ENOENT;
		names[depth++] = n->area->nodes[index].name;
		index = n->area->nodes[index].parent;
	}

	while (depth--) {
		str_adds(out, names[depth]);
		if (depth)
			str_adds(out, "/");
	}

	return out->err;
}

/* Take up what was added to the table, by us or by another process. Under the
 * lock. */
static void catch_up(struct nodes *n)
{
	uint32_t count = atomic_load(&n->area->node_count);
	uint32_t done = atomic_load(&n->indexed);

	for (; done < count && FIRST + done < NODES_MAX; done++) {
		uint32_t index = FIRST + done;
		const struct node *node = &n->area->nodes[index];
		struct node_info info;
		autostr struct str path = { 0 };

		*place_of(n, node->parent, node->name) = index;
		if (nodes_path(n, index, &path) < 0)
			continue;
		info.view = view_find(str_text(&path), &info.star);
		if (info.view)
			n->info[index] = info;
	}
	atomic_store(&n->indexed, done);
}

static long append(struct nodes *n, uint32_t parent, const char *name)
{
	uint32_t count = atomic_load(&n->area->node_count);
	struct node *node;

	if (FIRST + count >= NODES_MAX)
		return -ENOSPC;

	node = &n->area->nodes[FIRST + count];
	node->parent = parent;
	memcpy(node->name, name, strlen(name) + 1);
	atomic_store(&n->area->node_count, count + 1);
	catch_up(n);
	return FIRST + count;
}

long nodes_get(struct nodes *n, uint32_t parent, const char *name)
{
	long index;

	if (strlen(name) >= NODE_NAME)
		return -ENAMETOOLONG;

	area_lock(&n->area->nodes_lock);
	catch_up(n);
	index = *place_of(n, parent, name);
	if (index == 0)
		index = append(n, parent, name);
	area_unlock(&n->area->nodes_lock);
	return index;
}

const struct node_info *nodes_info(struct nodes *n, uint32_t index)
{
	static const struct node_info none = { 0 };

	if (index < FIRST || index >= NODES_MAX)
		return &none;

	/* A number from before our time, of a process that we follow. */
	if (index >= FIRST + atomic_load(&n->indexed)) {
		area_lock(&n->area->nodes_lock);
		catch_up(n);
		area_unlock(&n->area->nodes_lock);
	}

	return &n->info[index];
}

int nodes_open(struct area *a, struct nodes **ret)
{
	/* Pages of it that are never used are never there. */
	struct nodes *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;

	n->area = a;
	*ret = n;
	return 0;
}

void nodes_close(struct nodes *n)
{
	free(n);
}
