/* SPDX-License-Identifier: Apache-2.0 */
/* Containers found by record or by cgroup, and what is asked of them. */
#include "containers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base.h"
#include "cgroup.h"
#include "identity.h"
#include "members.h"
#include "str.h"

/* USER_HZ of the kernel's ABI is 100 on every architecture we run on. */
#define TICK_NS (NSEC_PER_SEC / 100)

int containers_open(const struct containers_config *config,
		    struct containers **ret)
{
	struct containers *cs = calloc(1, sizeof(*cs));

	if (!cs)
		return -ENOMEM;

	cs->area = config->area;
	cs->host = config->host;
	cs->registry = config->registry;
	cs->triggers = config->triggers;
	cs->policy = config->policy;
	cs->fds_max = config->fds;
	*ret = cs;
	return 0;
}

void containers_close(struct containers *cs)
{
	if (!cs)
		return;

	for (size_t i = 0; i < CONTAINERS_MAX; i++)
		container_close(cs->members[i].container);
	free(cs);
}

/* May tenant I serve NEW? A registered container shares its slot only with
 * callers from its own cgroup. Under containers_lock. */
static bool same(struct containers *cs, uint32_t i, const struct newcomer *new)
{
	const struct tenant *t = &cs->area->tenants[i];
	const struct container_slot *slot;

	if (atomic_load(&t->serial) == 0 || t->ino != new->identity.ino ||
	    t->dev != new->identity.dev || t->paths != new->hash)
		return false;

	slot = slot_at(cs, i);
	return *new->id == '\0' || *slot->id == '\0' ||
	       (strcmp(slot->id, new->id) == 0 &&
		slot->info.init == new->info->init &&
		slot->start_ticks == new->start_ticks);
}

static bool agree(const struct container_info *a,
		  const struct container_info *b)
{
	return a->cpu == b->cpu && a->uptime == b->uptime &&
	       a->no_swap == b->no_swap &&
	       a->time_namespace == b->time_namespace &&
	       a->boottime_offset == b->boottime_offset;
}

/* Does NEW know better than SLOT? A record does than a caller; and of the same
 * init, who has read the configuration that holds now. */
static bool knows_better(const struct newcomer *new,
			 const struct container_slot *slot)
{
	if (*new->id == '\0' && *slot->id)
		return false;
	if (*new->id && slot->id[0] == '\0')
		return true;

	return slot->info.init == new->info->init &&
	       !agree(&slot->info, new->info);
}

/* What is known of tenant I, with what NEW says. */
static void update(struct containers *cs, uint32_t i,
		   const struct newcomer *new)
{
	struct container_slot *slot = slot_at(cs, i);

	if (!knows_better(new, slot))
		return;

	area_lock(&slot->lock);
	slot->start_ticks = new->start_ticks;
	slot->info = *new->info;
	/* The first letter last: without it there is no id. */
	if (*new->id && slot->id[0] == '\0') {
		(void)memccpy(slot->id + 1, new->id + 1, '\0',
			      sizeof(slot->id) - 1);
		__atomic_store_n(slot->id, *new->id, __ATOMIC_SEQ_CST);
	}
	area_unlock(&slot->lock);
}

static int find_or_add(struct containers *cs, const struct newcomer *new,
		       const struct cgroup_paths *paths, uint64_t *ret)
{
	struct cgroup *cgroup;
	int r;

	for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
		if (!same(cs, i, new))
			continue;
		update(cs, i, new);
		*ret = atomic_load(&cs->area->tenants[i].serial);
		return 0;
	}

	r = cgroup_open(host_hierarchies(cs->host), paths, &cgroup);
	if (r < 0)
		return r;

	return member_add(cs, new, cgroup, ret);
}

/* NEW comes without what follows from PATHS. */
static int find(struct containers *cs, struct newcomer *new,
		const struct cgroup_paths *paths, uint64_t *ret)
{
	autostr struct str text = { 0 };
	int r = identity_read(host_hierarchies(cs->host), paths,
			      &new->identity);

	if (r < 0)
		return r;

	identity_format(paths, &text);
	if (text.err)
		return text.err;
	new->paths = str_text(&text);
	new->hash = hash_text(new->paths);

	area_lock(&cs->area->containers_lock);
	r = find_or_add(cs, new, paths, ret);
	area_unlock(&cs->area->containers_lock);
	members_trim(cs);
	return r;
}

int containers_of(struct containers *cs, const struct cgroup_paths *paths,
		  const struct container_info *info, uint64_t *ret)
{
	struct newcomer new = {
		.id = "",
		.info = info,
		.start_ticks = info->start_ns / TICK_NS,
	};

	return find(cs, &new, paths, ret);
}

int containers_host(struct containers *cs, uint64_t *ret)
{
	const struct container_info info = {
		.cpu = CPU_HOST,
		.uptime = UPTIME_HOST,
		.no_swap = !cs->policy.swap,
	};
	char root[] = "/";
	struct cgroup_paths paths;

	for (int c = 0; c < CG_COUNT; c++)
		paths.path[c] = root;

	return containers_of(cs, &paths, &info, ret);
}

int containers_pinned(struct containers *cs, const char *id, uint64_t *ret)
{
	autorecord struct record rec = { 0 };
	struct container_info info;
	struct newcomer new = { .info = &info };
	int r;

	if (!id_valid(id))
		return -ENOENT;
	r = registry_read(cs->registry, id, &rec);
	if (r < 0)
		return r;

	info = (struct container_info){
		.init = rec.pid,
		.start_ns = mul_cap(rec.start_ticks, TICK_NS),
		.boottime_offset = rec.boottime_offset,
		.time_namespace = rec.time_namespace,
		.cpu = rec.cpu,
		.uptime = rec.uptime,
		.no_swap = !cs->policy.swap,
	};
	new.id = rec.id;
	new.start_ticks = rec.start_ticks;
	return find(cs, &new, &rec.cgroups, ret);
}

int containers_list(struct containers *cs, registry_id *fn, void *data)
{
	return registry_list(cs->registry, fn, data);
}

bool containers_has(const struct containers *cs, uint64_t serial)
{
	return atomic_load(&cs->area->tenants[serial_slot(serial)].serial) ==
	       serial;
}

uint32_t containers_mark(const struct containers *cs, uint64_t serial)
{
	const struct tenant *t = &cs->area->tenants[serial_slot(serial)];
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / phi */
	uint64_t mix = ((t->ino * odd ^ t->dev) * odd ^ t->paths) * odd;
	uint32_t mark = (uint32_t)(mix >> (64 - MARK_BITS));

	if (!containers_has(cs, serial))
		return 0;

	return mark ? mark : 1;
}

void containers_name(struct containers *cs, uint64_t serial, char *out,
		     size_t size)
{
	const struct container_slot *slot = slot_at(cs, serial_slot(serial));

	area_lock(&cs->area->containers_lock);
	if (!containers_has(cs, serial))
		(void)snprintf(out, size, "(gone)");
	else if (*slot->id)
		(void)snprintf(out, size, "%s", slot->id);
	else if (slot->info.init)
		(void)snprintf(out, size, "of pid %d", (int)slot->info.init);
	else
		(void)snprintf(out, size, "(none, a cgroup of the host)");
	area_unlock(&cs->area->containers_lock);
}

int containers_gather(struct containers *cs, uint64_t serial, unsigned needs,
		      struct snapshot *s)
{
	struct member *m = member_lock(cs, serial);
	int r;

	if (!m)
		return -ESRCH;

	r = container_gather(m->container, needs, atomic_load(&m->used), s);
	/* What a worker before us has counted is not the load of now. */
	if (!cs->policy.loadavg)
		s->load = (struct load){ 0 };
	member_unlock(cs, m);
	members_trim(cs);
	return r;
}

int containers_open_pressure(struct containers *cs, uint64_t serial,
			     enum pressure p)
{
	struct member *m = member_lock(cs, serial);
	autopaths struct cgroup_paths paths = { 0 };
	int fd = -ENOENT;

	if (!m)
		return -ESRCH;

	(void)cgroup_paths_parse(slot_at(cs, serial_slot(serial))->paths,
				 &paths); /* it may be too long to keep */
	if (paths.path[CG_UNIFIED])
		fd = pressure_open(m->container, cs->triggers,
				   paths.path[CG_UNIFIED], p);
	member_unlock(cs, m);
	return fd;
}
