/* SPDX-License-Identifier: Apache-2.0 */
/* Each 5 s: a step of every container's load average, and a look at who is
 * gone. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base.h"
#include "cgroup.h"
#include "members.h"
#include "proc.h"

/* Records are looked through once in so many ticks: one whose container nobody
 * has read from is learned of, and if it died meanwhile, dropped like others.
 */
#define LEARN_TICKS 12

/* A writer of a record is done or dead after so many seconds. */
#define WRITER_S 3600

/* Is the process that was the container's init still that process? */
static bool init_alive(const struct containers *cs,
		       const struct container_slot *slot)
{
	struct proc_stat st;

	return slot->info.init > 0 &&
	       proc_stat_read(host_proc(cs->host), slot->info.init, &st) == 0 &&
	       st.start_ticks == slot->start_ticks && st.state != 'Z';
}

/* The id may be another container's by now. */
static void forget_record(const struct containers *cs, const char *id,
			  pid_t init, uint64_t start_ticks)
{
	autorecord struct record rec = { 0 };

	if (registry_read(cs->registry, id, &rec) == 0 && rec.pid == init &&
	    rec.start_ticks == start_ticks)
		(void)registry_remove(cs->registry, id);
}

/* Returns whether the container is there no more. */
static bool visit(struct containers *cs, uint64_t serial, uint64_t tick)
{
	struct container_slot *slot = slot_at(cs, serial_slot(serial));
	struct member *m = member_lock(cs, serial);
	uint64_t used;
	bool gone;

	if (!m) { /* no cgroup of it, or it could not be opened just now */
		area_lock(&slot->lock);
		gone = !init_alive(cs, slot);
		area_unlock(&slot->lock);
		return gone;
	}

	used = atomic_load(&m->used);
	if (cs->policy.loadavg)
		(void)container_sample(m->container, tick);
	gone = !cgroup_alive(m->container->cgroup) && !init_alive(cs, slot);
	atomic_store(&m->used, used); /* a look is no use */
	member_unlock(cs, m);
	members_trim(cs); /* it may have opened files */
	return gone;
}

static void drop(struct containers *cs, uint32_t index)
{
	const struct container_slot *slot = slot_at(cs, index);

	if (*slot->id)
		forget_record(cs, slot->id, slot->info.init, slot->start_ticks);
	member_drop(cs, index);
}

static bool record_dead(const struct containers *cs, const struct record *rec)
{
	struct proc_stat st;
	int r = proc_stat_read(host_proc(cs->host), rec->pid, &st);

	return r == -ESRCH || (r == 0 && st.start_ticks != rec->start_ticks);
}

static void learn(void *data, const char *id)
{
	struct containers *cs = data;
	autorecord struct record rec = { 0 };
	uint64_t serial;
	int r = containers_pinned(cs, id, &serial);

	if (r != -ENOENT || registry_read(cs->registry, id, &rec) < 0)
		return;
	if (record_dead(cs, &rec))
		forget_record(cs, id, rec.pid, rec.start_ticks);
}

void containers_tick(struct containers *cs, uint64_t tick)
{
	if (tick % LEARN_TICKS == 0) {
		(void)registry_list(cs->registry, learn, cs);
		registry_sweep(cs->registry, time(NULL) - WRITER_S);
	}

	for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
		uint64_t serial = atomic_load(&cs->area->tenants[i].serial);

		member_settle(cs, i);
		/* With files open it stays: their readers get the last figures
		 * rather than an error. */
		if (serial == 0 || !visit(cs, serial, tick) ||
		    atomic_load(&cs->area->shares[i].handles))
			continue;

		area_lock(&cs->area->containers_lock);
		if (atomic_load(&cs->area->tenants[i].serial) == serial)
			drop(cs, i);
		area_unlock(&cs->area->containers_lock);
	}
}
