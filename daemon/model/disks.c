/* SPDX-License-Identifier: Apache-2.0 */
/* The disks a container has used. One that appeared stays, for readers take a
 * list that changes for a reset of all counters. */
#include <errno.h>
#include <stdlib.h>

#include "base.h"
#include "container.h"
#include "gather.h"
#include "io.h"

static bool used(const struct io_device *d)
{
	return d->reads || d->writes || d->discards || d->read_bytes ||
	       d->written_bytes || d->discarded_bytes;
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

static void list(struct container_state *state, struct disks *ret)
{
	ret->n = count(state);
	for (size_t i = 0; i < ret->n; i++)
		ret->disk[i] = *shown_last(state, i);
	qsort(ret->disk, ret->n, sizeof(*ret->disk), io_order);
}

/* Append what is used and not in the list, which SHOWN is. What does not fit
 * never appears: to drop one for it would be a reset, too. */
static void remember(struct container_state *state, const struct disks *shown,
		     const struct io_stat *stat)
{
	size_t n = count(state);

	for (size_t i = 0; i < stat->n && n < DISKS_MAX; i++) {
		const struct io_device *d = &stat->device[i];

		if (!used(d) || disks_find(shown, d->major, d->minor))
			continue;
		*kept_at(state, n) = (struct disk_kept){ .copy = { *d, *d } };
		atomic_store(&state->disks.n, ++n);
	}
}

/* Who counts for a disk may change, with its scheduler or a rule for it; what
 * has been shown does not go back. */
static void show(struct container_state *state, size_t i,
		 const struct io_device *d)
{
	struct disk_kept *k = kept_at(state, i);
	uint32_t next = (atomic_load(&k->current) & 1) ^ 1;

	k->copy[next] = k->copy[next ^ 1];
	io_merge(&k->copy[next], d);
	atomic_store(&k->current, next);
}

const struct io_device *disks_find(const struct disks *disks, uint32_t major,
				   uint32_t minor)
{
	return io_find(disks->disk, disks->n, major, minor);
}

/* What was shown last is shown again of a disk that is gone, and of all when
 * the cgroup is. */
int disks_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	struct container_state *state = c->state;
	autoiostat struct io_stat stat = { 0 };
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
	list(state, &s->disks);
	remember(state, &s->disks, &stat);

	for (size_t i = 0; i < count(state); i++) {
		const struct io_device *k = shown_last(state, i);
		const struct io_device *d =
			io_find(stat.device, stat.n, k->major, k->minor);

		if (d)
			show(state, i, d);
	}
	list(state, &s->disks);

	return 0;
}
