/* SPDX-License-Identifier: Apache-2.0 */
/* Which mounts of a namespace are ours, and what lies on and under them. */
#include "layers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "devices.h"
#include "mounts.h"

/* Mounts in mounts; more than this is nobody's way to reach a file. */
#define DEPTH_MAX 64

static bool begins(struct slice s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && memcmp(s.p, with, len) == 0 &&
	       (s.len == len || s.p[len] == '/');
}

static bool is_views(struct slice root)
{
	return begins(root, "/containers") || begins(root, "/proc") ||
	       begins(root, "/sys");
}

/* statmount(2) has had the second half since Linux 6.13. */
static bool is_our_type(struct slice type)
{
	return slice_is(type, "fuse.resview") || slice_is(type, "fuse");
}

enum layer layer_of(const struct judge *j, const struct mountinfo *m)
{
	bool tree = slice_is(m->root, "/");

	if (slice_is(m->type, "fuse.lxcfs"))
		return tree || (is_views(m->root) &&
				!begins(m->root, "/containers"))
			       ? LAYER_LXCFS
			       : LAYER_OTHER;
	if (!is_our_type(m->type) ||
	    !devices_have(j->devices, m->dev, m->source) ||
	    !(tree || is_views(m->root)))
		return LAYER_OTHER;
	if (j->live && m->dev == j->live)
		return tree ? LAYER_OTHER : LAYER_LIVE;

	return LAYER_STALE;
}

static bool same_target(const struct mountinfo *a, const struct mountinfo *b)
{
	return slice_same(a->target, b->target);
}

/* The mounts again, by what they are mounted in, and where: whoever mounts some
 * 10,000 of ours in one directory must not make us compare each with each. */
struct index {
	const struct mounts *mounts;
	const struct mountinfo **by_place;
};

#define autoindex __attribute__((cleanup(index_free)))
static void index_free(struct index *x)
{
	free(x->by_place);
}

static int place_order(uint64_t parent, struct slice target,
		       const struct mountinfo *m)
{
	if (parent != m->parent)
		return parent > m->parent ? 1 : -1;
	if (target.len != m->target.len)
		return target.len > m->target.len ? 1 : -1;

	return memcmp(target.p, m->target.p, target.len);
}

static int by_place(const void *a, const void *b)
{
	const struct mountinfo *const *x = a;
	const struct mountinfo *const *y = b;

	return place_order((*x)->parent, (*x)->target, *y);
}

static int index_make(const struct mounts *m, struct index *ret)
{
	const struct mountinfo **list = calloc(m->count + 1, sizeof(void *));

	if (!list)
		return -ENOMEM;

	for (size_t i = 0; i < m->count; i++)
		list[i] = &m->list[i];
	qsort(list, m->count, sizeof(void *), by_place);
	*ret = (struct index){ m, list };
	return 0;
}

/* The first that is mounted in the mount PARENT at TARGET, or where it would
 * be. */
static size_t first_at(const struct index *x, uint64_t parent,
		       struct slice target)
{
	size_t low = 0;
	size_t high = x->mounts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (place_order(parent, target, x->by_place[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}

	return low;
}

/* What is mounted on the root of M, or NULL. */
static const struct mountinfo *above(const struct index *x,
				     const struct mountinfo *m)
{
	size_t i = first_at(x, m->id, m->target);

	if (i < x->mounts->count && x->by_place[i] == m) /* its own parent */
		i++;
	if (i == x->mounts->count ||
	    place_order(m->id, m->target, x->by_place[i]) != 0)
		return NULL;

	return x->by_place[i];
}

/* What M is mounted on the root of, or NULL. */
static const struct mountinfo *below(const struct mounts *mounts,
				     const struct mountinfo *m)
{
	const struct mountinfo *p = mounts_find(mounts, m->parent);

	return p && p != m && same_target(p, m) ? p : NULL;
}

/* Is something mounted on one of the directories in P that lead to M? */
static bool covered(const struct index *x, const struct mountinfo *p,
		    const struct mountinfo *m)
{
	struct slice dir = m->target;

	while (dir.len > p->target.len + 1) {
		size_t i;

		if (dir.p[--dir.len] != '/')
			continue;
		i = first_at(x, p->id, dir);
		if (i < x->mounts->count &&
		    place_order(p->id, dir, x->by_place[i]) == 0)
			return true;
	}

	return false;
}

/* Is M, or one of the mounts that it lies in, covered by another? */
static bool buried(const struct index *x, const struct mountinfo *m)
{
	for (int i = 0; i < DEPTH_MAX; i++) {
		const struct mountinfo *p = mounts_find(x->mounts, m->parent);
		const struct mountinfo *cover = p ? above(x, p) : NULL;

		if (!p || p == m)
			return false;
		if ((cover && cover != m) || covered(x, p, m))
			return true;
		m = p;
	}

	return true;
}

/* False when the list makes no sense: nothing of ours is in it. */
static bool stack_from(const struct judge *j, const struct index *x,
		       const struct mountinfo *bottom, struct stack *ret)
{
	const struct mountinfo *m = bottom;
	struct stack s = { .bottom = bottom };
	bool pure = true;

	for (size_t i = 0; m && i < x->mounts->count; i++, m = above(x, m)) {
		s.top = m;
		s.kind = layer_of(j, m);
		pure = pure && s.kind != LAYER_OTHER;
		if (s.kind == LAYER_OTHER)
			continue;
		s.ours = m;
		s.beneath++;
		s.lowest += pure;
	}
	if (s.kind != LAYER_OTHER) /* the top itself was counted */
		s.beneath--;
	s.lowest = s.lowest < s.beneath ? s.lowest : s.beneath;

	*ret = s;
	return s.ours != NULL;
}

/* The lowest of its stack, when M is the lowest of ours in it; else NULL. */
static const struct mountinfo *bottom_of(const struct judge *j,
					 const struct index *x,
					 const struct mountinfo *m)
{
	const struct mountinfo *b = below(x->mounts, m);

	/* A list that was read in parts may make no sense: no end is awaited.
	 */
	for (size_t i = 0; b && i < x->mounts->count;
	     i++, b = below(x->mounts, m)) {
		if (layer_of(j, b) != LAYER_OTHER)
			return NULL;
		m = b;
	}

	return b ? NULL : m;
}

int layers_find(const struct judge *j, const struct mounts *m,
		struct stack **ret, size_t *count)
{
	autoindex struct index x = { 0 };
	struct stack *list;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < m->count; i++)
		n += layer_of(j, &m->list[i]) != LAYER_OTHER;
	*ret = NULL;
	*count = 0;
	if (n == 0)
		return 0;

	r = index_make(m, &x);
	if (r < 0)
		return r;

	list = calloc(n, sizeof(*list));
	if (!list)
		return -ENOMEM;

	n = 0;
	for (size_t i = 0; i < m->count; i++) {
		const struct mountinfo *b = NULL;

		if (layer_of(j, &m->list[i]) != LAYER_OTHER)
			b = bottom_of(j, &x, &m->list[i]);
		if (b && !buried(&x, b) && stack_from(j, &x, b, &list[n]))
			n++;
	}

	*ret = list;
	*count = n;
	return 0;
}

const struct mountinfo *layers_bottom(const struct mounts *m,
				      const struct mountinfo *mount)
{
	const struct mountinfo *b = below(m, mount);

	for (size_t i = 0; b && i < m->count; i++, b = below(m, mount))
		mount = b;

	return mount;
}

bool layers_within(const struct mounts *m, const struct mountinfo *mount)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->list[i].parent == mount->id &&
		    !same_target(&m->list[i], mount))
			return true;

	return false;
}
