/* SPDX-License-Identifier: Apache-2.0 */
/* The pid namespaces that callers came from lately. */
#include "known.h"

#include "base.h"

void known_open(struct known_table *t)
{
	pthread_mutex_init(&t->lock, NULL);
	for (size_t i = 0; i < KNOWN_MAX; i++)
		t->entries[i].fd = -1;
}

void known_close(struct known_table *t)
{
	for (size_t i = 0; i < KNOWN_MAX; i++)
		close_at(&t->entries[i].fd);
	pthread_mutex_destroy(&t->lock);
}

/* Under the lock, like the next two. */
static struct known *entry_of(struct known_table *t, struct ns_id ns)
{
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		struct known *k = &t->entries[i];

		if (k->fd >= 0 && ns_same(k->ns, ns))
			return k;
	}

	return NULL;
}

static void clear(struct known *k)
{
	close_at(&k->fd);
	*k = (struct known){ .fd = -1 };
}

static struct known *free_entry(struct known_table *t)
{
	struct known *oldest = &t->entries[0];

	for (size_t i = 0; i < KNOWN_MAX; i++) {
		struct known *k = &t->entries[i];

		if (k->fd < 0)
			return k;
		if (k->used < oldest->used)
			oldest = k;
	}

	return oldest;
}

bool known_find(struct known_table *t, struct ns_id ns, uint64_t now,
		struct known *ret)
{
	struct known *k;

	pthread_mutex_lock(&t->lock);
	k = entry_of(t, ns);
	if (k) {
		k->used = now;
		*ret = *k;
	}
	pthread_mutex_unlock(&t->lock);
	return k != NULL;
}

void known_keep(struct known_table *t, const struct known *new)
{
	struct known *k;

	pthread_mutex_lock(&t->lock);
	k = entry_of(t, new->ns);
	if (!k)
		k = free_entry(t);
	clear(k);
	*k = *new;
	pthread_mutex_unlock(&t->lock);
}

void known_update(struct known_table *t, const struct known *k)
{
	struct known *e;

	pthread_mutex_lock(&t->lock);
	e = entry_of(t, k->ns);
	if (e) {
		e->serial = k->serial;
		e->checked = k->checked;
	}
	pthread_mutex_unlock(&t->lock);
}

bool known_at(struct known_table *t, size_t i, struct known *ret)
{
	pthread_mutex_lock(&t->lock);
	*ret = t->entries[i];
	pthread_mutex_unlock(&t->lock);
	return ret->fd >= 0;
}

void known_forget(struct known_table *t, const struct known *k)
{
	struct known *e;

	pthread_mutex_lock(&t->lock);
	e = entry_of(t, k->ns);
	if (e && e->init == k->init && e->start_ticks == k->start_ticks)
		clear(e);
	pthread_mutex_unlock(&t->lock);
}
