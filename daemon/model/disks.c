/* SPDX-License-Identifier: Apache-2.0 */
/* The disks a container has used. One that appeared stays, for readers take a
 * list that changes for a reset of all counters. */
#include <errno.h>

#include "container.h"
#include "gather.h"
#include "io.h"

static bool used(const struct io_device *d)
{
	return d->reads || d->writes || d->discards || d->read_bytes ||
	       d->written_bytes || d->discarded_bytes;
}

static const struct io_device *find(const struct io_stat *stat, uint64_t key)
{
	for (size_t i = 0; i < stat->n; i++) {
		const struct io_device *d = &stat->device[i];

		if (((uint64_t)d->major << 32 | d->minor) == key)
			return d;
	}

	return NULL;
}

/* Append KEY to the list unless it is there, or the list is full. */
static void remember(struct disks_state *state, uint64_t key)
{
	for (size_t i = 0; i < DISKS_MAX; i++) {
		uint64_t seen = atomic_load(&state->seen[i]);

		if (seen == key)
			return;
		if (seen == 0) {
			atomic_store(&state->seen[i], key);
			return;
		}
	}
}

/* What was shown of the disk KEY; nothing yet, it may be. */
static struct io_device shown(const struct disks *last, uint64_t key)
{
	struct io_device d = {
		.major = (uint32_t)(key >> 32),
		.minor = (uint32_t)(key & UINT32_MAX),
	};

	for (size_t i = 0; i < last->n; i++)
		if (last->disk[i].major == d.major &&
		    last->disk[i].minor == d.minor)
			return last->disk[i];

	return d;
}

int disks_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	struct disks_state *state = &c->state->disks;
	struct io_stat stat;
	int r = io_read(c->cgroup, &stat);

	(void)now_ns;
	s->disks = (struct disks){
		.host = r == -ENOENT && cgroup_is_root(c->cgroup),
	};
	if (s->disks.host)
		return 0;
	if (r < 0 && r != -ENOENT) {
		s->disks = c->last_disks;
		return r == -ENODEV || c->last_disks.n ? 0 : r;
	}

	for (size_t i = 0; i < stat.n; i++)
		if (used(&stat.device[i]))
			remember(state, (uint64_t)stat.device[i].major << 32 |
						stat.device[i].minor);

	for (size_t i = 0; i < DISKS_MAX; i++) {
		uint64_t key = atomic_load(&state->seen[i]);
		const struct io_device *d = find(&stat, key);

		if (key == 0)
			break;
		s->disks.disk[s->disks.n++] =
			d ? *d : shown(&c->last_disks, key);
	}

	c->last_disks = s->disks;
	return 0;
}
