/* SPDX-License-Identifier: Apache-2.0 */
/* The disks a container has used. One that appeared stays, for readers take a
 * list that changes for a reset of all counters. */
#include <errno.h>

#include "base.h"
#include "container.h"
#include "gather.h"
#include "io.h"

static bool used(const struct io_device *d)
{
	return d->reads || d->writes || d->discards || d->read_bytes ||
	       d->written_bytes || d->discarded_bytes;
}

static bool same(const struct io_device *a, const struct io_device *b)
{
	return a->major == b->major && a->minor == b->minor;
}

static const struct io_device *find(const struct io_stat *stat,
				    const struct io_device *disk)
{
	for (size_t i = 0; i < stat->n; i++)
		if (same(&stat->device[i], disk))
			return &stat->device[i];

	return NULL;
}

static struct disk_kept *kept_at(struct container_state *state, size_t i)
{
	return (struct disk_kept *)(void *)((char *)state + state->disks.at) +
	       i;
}

static size_t count(const struct container_state *state)
{
	return min_u64(atomic_load(&state->disks.n), DISKS_MAX);
}

static const struct io_device *shown_last(struct container_state *state,
					  size_t i)
{
	const struct disk_kept *k = kept_at(state, i);

	return &k->copy[atomic_load(&k->current) & 1];
}

/* Append the disk of D to the list unless it is there, or the list is full. */
static void remember(struct container_state *state, const struct io_device *d)
{
	size_t n = count(state);

	for (size_t i = 0; i < n; i++)
		if (same(shown_last(state, i), d))
			return;
	if (n >= DISKS_MAX)
		return;

	*kept_at(state, n) = (struct disk_kept){ .copy = { *d, *d } };
	atomic_store(&state->disks.n, n + 1);
}

static void show(struct container_state *state, size_t i,
		 const struct io_device *d)
{
	struct disk_kept *k = kept_at(state, i);
	uint32_t next = (atomic_load(&k->current) & 1) ^ 1;

	k->copy[next] = *d;
	atomic_store(&k->current, next);
}

/* What was shown last is shown again of a disk that is gone, and of all when
 * the cgroup is. */
int disks_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	struct container_state *state = c->state;
	struct io_stat stat;
	int r = io_read(c->cgroup, &stat);

	(void)now_ns;
	s->disks.n = 0;
	s->disks.host = r == -ENOENT && cgroup_is_root(c->cgroup);
	if (s->disks.host)
		return 0;
	if (r < 0 && r != -ENOENT && r != -ENODEV && count(state) == 0)
		return r;

	if (r < 0)
		stat.n = 0;
	for (size_t i = 0; i < stat.n; i++)
		if (used(&stat.device[i]))
			remember(state, &stat.device[i]);

	for (size_t i = 0; i < count(state); i++) {
		const struct io_device *d = find(&stat, shown_last(state, i));

		if (d)
			show(state, i, d);
		s->disks.disk[s->disks.n++] = *shown_last(state, i);
	}

	return 0;
}
