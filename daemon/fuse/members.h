/* SPDX-License-Identifier: Apache-2.0 */
/* The slots behind containers.h: what lies in the area, and this process's own
 * open files beside it. For who makes up containers.h, and for the sweep. */
#pragma once

#include <pthread.h>

#include "area.h"
#include "containers.h"
#include "nodeid.h"

#define SLOT_PATHS 3104 /* up to where the state is aligned */

/* In the area. Guarded by its lock, but for what is in struct tenant. */
struct container_slot {
	pthread_mutex_t lock;
	uint32_t lock_made;
	char id[RECORD_ID_MAX + 1]; /* "": not registered */
	uint64_t start_ticks;       /* of init */
	struct container_info info;
	char paths[SLOT_PATHS]; /* as /proc/PID/cgroup has them */
	_Alignas(64) struct container_state state;
};

/* Of this process; guarded by the slot's lock. */
struct member {
	struct container *container; /* NULL: not opened yet */
	_Atomic uint64_t serial;     /* whose it is */
	_Atomic uint64_t used;       /* ns, boottime */
	unsigned fds;                /* in all, and how many of them are */
	_Atomic unsigned files;      /* files that can be closed */
	unsigned dirs;
};

struct containers {
	struct area *area;
	struct host *host;
	int registry;
	int triggers;
	struct policy policy;
	size_t fds_max;
	_Atomic size_t fds;
	struct member members[CONTAINERS_MAX];
};

struct container_slot *slot_at(const struct containers *cs, uint32_t index);

/* Lock SERIAL's slot with its container open. NULL: it is gone, nothing is
 * locked. */
struct member *member_lock(struct containers *cs, uint64_t serial);
void member_unlock(struct containers *cs, const struct member *m);

/* Give SERIAL a slot with these cgroups, and open it. Takes CGROUP over, also
 * on failure. The caller holds area.containers_lock. Returns 0, -ENFILE or
 * -ENOMEM. */
struct newcomer {
	const char *id;
	uint64_t start_ticks;
	const struct container_info *info;
	const char *paths;
	struct ns_id identity;
	uint64_t hash;
};

int member_add(struct containers *cs, const struct newcomer *new,
	       struct cgroup *cgroup, uint64_t *ret);

/* Forget the container of slot INDEX. */
void member_drop(struct containers *cs, uint32_t index);

/* Close what we have open of slot INDEX if another worker has forgotten it. */
void member_settle(struct containers *cs, uint32_t index);

/* Close the files of those not read for longest when too many are open. */
void members_trim(struct containers *cs);
