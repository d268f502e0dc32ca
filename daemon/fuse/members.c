/* SPDX-License-Identifier: Apache-2.0 */
/* Container slots: taken, opened, locked, given back. */
#include "members.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "cgroup.h"

size_t containers_stride(unsigned cpus)
{
	size_t size = offsetof(struct container_slot, state) +
		      container_state_size(cpus);

	return (size + 63) & ~(size_t)63;
}

struct container_slot *slot_at(const struct containers *cs, uint32_t index)
{
	return (void *)(cs->area->containers + index * cs->area->stride);
}

static void count_fds(struct containers *cs, struct member *m)
{
	unsigned fds = m->container ? cgroup_fds(m->container->cgroup) : 0;

	/* Unsigned arithmetic wraps, and so comes out right. */
	atomic_fetch_add(&cs->fds, (size_t)fds - m->fds);
	m->fds = fds;
	atomic_store(&m->files, fds - m->dirs);
}

static void member_close(struct containers *cs, struct member *m)
{
	container_close(m->container);
	m->container = NULL;
	m->serial = 0;
	m->dirs = 0;
	count_fds(cs, m);
}

/* Behind all slots. */
static char *disks_at(const struct containers *cs,
		      const struct container_slot *slot)
{
	const struct area *a = cs->area;
	size_t index = (size_t)((const char *)slot - a->containers) / a->stride;

	return cs->area->containers + CONTAINERS_MAX * a->stride +
	       index * DISKS_SIZE;
}

/* For every process anew: it cannot be wrong then. */
static void state_place(struct containers *cs, struct container_slot *slot)
{
	slot->state.cputime_cpus = cs->area->cpus;
	slot->state.disks.at =
		(uint64_t)(disks_at(cs, slot) - (char *)&slot->state);
}

/* Open what a process before us had open. The path may be another cgroup's by
 * now: then the container is gone. */
static int member_open(struct containers *cs, struct member *m,
		       struct container_slot *slot)
{
	const struct tenant *t = &cs->area->tenants[m - cs->members];
	autopaths struct cgroup_paths paths = { 0 };
	struct cgroup *cgroup;
	struct ns_id id;
	int r = cgroup_paths_parse(slot->paths, &paths);

	if (r < 0)
		return r;
	r = cgroup_open(host_hierarchies(cs->host), &paths, &cgroup);
	if (r < 0)
		return r;

	id = cgroup_identity(cgroup);
	if (id.dev != t->dev || id.ino != t->ino) {
		cgroup_close(cgroup);
		return -ESRCH;
	}

	m->dirs = cgroup_fds(cgroup);
	state_place(cs, slot);
	return container_open(cs->host, cgroup, &slot->info, &slot->state,
			      &m->container);
}

struct member *member_lock(struct containers *cs, uint64_t serial)
{
	uint32_t index = serial_slot(serial);
	struct tenant *t = &cs->area->tenants[index];
	struct container_slot *slot = slot_at(cs, index);
	struct member *m = &cs->members[index];

	if (serial == 0 || atomic_load(&t->serial) != serial)
		return NULL;

	area_lock(&slot->lock);
	if (m->container && m->serial != serial)
		member_close(cs, m);
	if (atomic_load(&t->serial) == serial &&
	    (m->container || member_open(cs, m, slot) == 0)) {
		m->serial = serial;
		m->container->info = slot->info; /* others write there, too */
		atomic_store_explicit(&m->used, clock_ns(CLOCK_BOOTTIME),
				      memory_order_relaxed);
		return m;
	}

	area_unlock(&slot->lock);
	return NULL;
}

void member_unlock(struct containers *cs, const struct member *m)
{
	uint32_t index = (uint32_t)(m - cs->members);

	count_fds(cs, &cs->members[index]);
	area_unlock(&slot_at(cs, index)->lock);
}

void member_drop(struct containers *cs, uint32_t index)
{
	struct container_slot *slot = slot_at(cs, index);

	area_lock(&slot->lock);
	atomic_store(&cs->area->tenants[index].serial, 0);
	if (cs->members[index].container)
		member_close(cs, &cs->members[index]);
	area_unlock(&slot->lock);
}

void member_settle(struct containers *cs, uint32_t index)
{
	struct member *m = &cs->members[index];
	struct container_slot *slot = slot_at(cs, index);
	const struct tenant *t = &cs->area->tenants[index];

	if (m->serial == 0 || m->serial == atomic_load(&t->serial))
		return;

	area_lock(&slot->lock);
	if (m->container && m->serial != atomic_load(&t->serial))
		member_close(cs, m);
	area_unlock(&slot->lock);
}

/* The slot of a caller who came longest ago and, unless OPEN, has nothing open;
 * -1: none. */
static long idle_slot(struct containers *cs, bool open)
{
	uint64_t oldest = UINT64_MAX;
	long found = -1;

	for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
		uint64_t used = atomic_load_explicit(&cs->members[i].used,
						     memory_order_relaxed);

		if (used < oldest &&
		    atomic_load(&cs->area->tenants[i].serial) &&
		    *slot_at(cs, i)->id == '\0' &&
		    (open || atomic_load(&cs->area->shares[i].handles) == 0)) {
			oldest = used;
			found = i;
		}
	}

	return found;
}

/* Files that are open in it find their caller's container again (files.c), so
 * that a flood of them locks nobody out. */
static long free_idle_slot(struct containers *cs)
{
	long idle = idle_slot(cs, false);

	if (idle < 0)
		idle = idle_slot(cs, true);
	if (idle >= 0)
		member_drop(cs, (uint32_t)idle);
	return idle;
}

/* When files are scarce a newcomer takes an idle caller's place at once. */
static long free_slot(struct containers *cs)
{
	long index = -1;

	if (atomic_load(&cs->fds) > cs->fds_max)
		index = free_idle_slot(cs);
	for (uint32_t i = 0; i < CONTAINERS_MAX && index < 0; i++)
		if (atomic_load(&cs->area->tenants[i].serial) == 0)
			index = i;

	return index < 0 ? free_idle_slot(cs) : index;
}

static void slot_fill(struct containers *cs, struct container_slot *slot,
		      const struct newcomer *new)
{
	size_t len = strlen(new->paths);

	(void)memccpy(slot->id, new->id, '\0', sizeof(slot->id));
	slot->start_ticks = new->start_ticks;
	slot->info = *new->info;

	/* Without its paths it works as well, but a successor of this process
	 * will not find it again. */
	memset(slot->paths, 0, sizeof(slot->paths));
	if (len < sizeof(slot->paths))
		memcpy(slot->paths, new->paths, len);

	memset(&slot->state, 0, container_state_size(cs->area->cpus));
	state_place(cs, slot);
}

int member_add(struct containers *cs, const struct newcomer *new,
	       struct cgroup *cgroup, uint64_t *ret)
{
	long index = free_slot(cs);
	struct container_slot *slot;
	struct tenant *t;
	struct member *m;
	uint64_t serial;
	int r;

	if (index < 0) {
		cgroup_close(cgroup);
		return -ENFILE;
	}

	slot = slot_at(cs, (uint32_t)index);
	t = &cs->area->tenants[index];
	m = &cs->members[index];
	if (!slot->lock_made) {
		area_lock_init(&slot->lock);
		slot->lock_made = 1;
	}

	area_lock(&slot->lock);
	if (m->container)
		member_close(cs, m);
	slot_fill(cs, slot, new);
	serial = (atomic_fetch_add(&cs->area->tenancies, 1) + 1)
			 << SERIAL_SLOT_BITS |
		 (uint64_t)index;
	m->dirs = cgroup_fds(cgroup);
	r = container_open(cs->host, cgroup, new->info, &slot->state,
			   &m->container);
	if (r == 0) {
		t->dev = new->identity.dev;
		t->ino = new->identity.ino;
		t->paths = new->hash;
		m->serial = serial;
		atomic_store(&m->used, clock_ns(CLOCK_BOOTTIME));
		count_fds(cs, m);
		atomic_store(&t->serial, serial);
		*ret = serial;
	}
	area_unlock(&slot->lock);
	return r;
}

void members_trim(struct containers *cs)
{
	uint64_t oldest = UINT64_MAX;
	struct member *m = NULL;

	if (atomic_load(&cs->fds) <= cs->fds_max)
		return;

	for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
		uint64_t used = atomic_load_explicit(&cs->members[i].used,
						     memory_order_relaxed);

		if (atomic_load(&cs->members[i].files) && used < oldest) {
			oldest = used;
			m = &cs->members[i];
		}
	}
	if (!m)
		return;

	area_lock(&slot_at(cs, (uint32_t)(m - cs->members))->lock);
	if (m->container)
		cgroup_trim(m->container->cgroup);
	member_unlock(cs, m);
}
