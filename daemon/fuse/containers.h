/* SPDX-License-Identifier: Apache-2.0 */
/* The containers we know, each in a slot of the area: registered ones (pinned),
 * and those of callers who came by the top of the tree. One cgroup has one slot
 * however it is reached, so that all its readers see the same counters.
 *
 * A container is named by its serial (nodeid.h). All functions are thread-safe;
 * the slots' locks order them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "container.h"
#include "settings.h"

struct area;
struct containers;
struct cgroup_paths;

/* Bytes of one slot on a host with CPUS possible CPUs, for area_create(). */
size_t containers_stride(unsigned cpus);

/* All of it stays the caller's. */
struct containers_config {
	struct area *area;
	struct host *host;
	int registry; /* directory of the records */
	int triggers; /* v2 top, for pressure_open() */
	struct policy policy;
	size_t fds; /* that may be spent on cgroups */
};

/* Returns 0 or -ENOMEM. */
int containers_open(const struct containers_config *config,
		    struct containers **ret);
void containers_close(struct containers *cs);

/* The registered container ID. Returns 0, -ENOENT when there is no record or
 * its container is gone, -ENFILE when all slots are taken, or -errno. */
int containers_pinned(struct containers *cs, const char *id, uint64_t *ret);

/* The container in cgroup PATHS. INFO is for one that is new, or whose policies
 * were others. Returns as above. */
int containers_of(struct containers *cs, const struct cgroup_paths *paths,
		  const struct container_info *info, uint64_t *ret);

/* The machine as a whole: the root of all hierarchies. */
int containers_host(struct containers *cs, uint64_t *ret);

/* Is SERIAL still a container? */
bool containers_has(const struct containers *cs, uint64_t serial);

/* A number that stands for SERIAL's cgroup, of MARK_BITS (nodeid.h): that of
 * another cgroup is most likely another one. 0: SERIAL is no more. */
uint32_t containers_mark(const struct containers *cs, uint64_t serial);

/* What a log line calls it: its id, or something else when it has none. */
void containers_name(struct containers *cs, uint64_t serial, char *out,
		     size_t size);

/* container_gather() under the container's lock. -ESRCH: it is gone. */
int containers_gather(struct containers *cs, uint64_t serial, unsigned needs,
		      struct snapshot *s);

/* pressure_open() under the container's lock. -ESRCH: it is gone. */
int containers_open_pressure(struct containers *cs, uint64_t serial,
			     enum pressure p);

/* Step TICK of the 5 s grid: sample loads, forget who is gone. */
void containers_tick(struct containers *cs, uint64_t tick);

/* registry_list() of the records. */
int containers_list(struct containers *cs, registry_id *fn, void *data);
