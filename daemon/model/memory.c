/* SPDX-License-Identifier: Apache-2.0 */
/* What a container has of the host's memory, swap and huge pages: reading it.
 *
 * A rendering reads the usage of the container and, unless it was read a moment
 * ago, its memory.stat; on v2 its swap usage where the host has swap; and
 * memory.stat and the usage of each ancestor that has a limit. */
#include <errno.h>

#include "base.h"
#include "container.h"
#include "gather.h"
#include "memory.h"
#include "memory_limits.h"
#include "memory_make.h"
#include "memory_reading.h"
#include "parse.h"

/* Linux's own default, Documentation/admin-guide/sysctl/vm.rst. */
#define OVERCOMMIT_RATIO 50

/* Where the controller is not enabled for the container, or talks nonsense,
 * the nearest ancestor speaks for it. -ENOENT: nobody does. */
static int read_stat(struct reading *rd, uint64_t now_ns)
{
	struct memory_kept *kept = &rd->c->memory_kept;
	struct memory_kept new = { .when = now_ns };
	unsigned levels = cgroup_levels(rd->c->cgroup, CG_MEMORY);
	int r = -ENOENT;

	if (kept->when == 0 || now_ns < kept->when ||
	    now_ns - kept->when >= MEMORY_STAT_FRESH_NS) {
		for (unsigned i = 0; i < levels && reading_missing(r); i++) {
			r = memory_stat_read(rd->c->cgroup, i, &new.stat);
			new.level = i;
		}
		if (r < 0)
			return r;
		*kept = new;
	}

	rd->raw->stat = kept->stat;
	rd->own = kept->level;
	return 0;
}

static int read_own(struct reading *rd, uint64_t now_ns)
{
	struct cgroup *cg = rd->c->cgroup;
	unsigned levels = cgroup_levels(cg, CG_MEMORY);
	int stat = read_stat(rd, now_ns);
	int usage = -ENOENT;

	if (stat < 0 && !reading_missing(stat))
		return stat;

	for (unsigned i = rd->own; i < levels && reading_missing(usage); i++)
		usage = memory_value_read(cg, i, rd->files->usage, &rd->usage);
	if (usage < 0 && !reading_missing(usage))
		return usage;

	return reading_missing(stat) && reading_missing(usage) ? -ENOENT : 0;
}

static void room_add(struct reading *rd, uint64_t limit, uint64_t usage,
		     const struct memory_stat *stat)
{
	rd->raw->room[rd->raw->rooms++] = (struct memory_room){
		.limit = limit,
		.usage = usage,
		.file = add_cap(stat->active_file, stat->inactive_file),
		.slab = stat->slab_reclaimable,
	};
}

static int read_room(struct reading *rd, unsigned level, uint64_t limit)
{
	struct cgroup *cg = rd->c->cgroup;
	struct memory_stat stat = { 0 };
	uint64_t usage;
	int r;

	if (limit >= rd->raw->host.total)
		return 0;
	if (level == rd->own) {
		room_add(rd, limit, rd->usage, &rd->raw->stat);
		return 0;
	}

	r = memory_stat_read(cg, level, &stat);
	if (r < 0 && !reading_missing(r))
		return r;
	r = reading_value(cg, level, rd->files->usage, &usage);
	if (r < 0)
		return r;

	room_add(rd, limit, usage, &stat);
	return 0;
}

/* v1 tells the tightest limit in memory.stat: none of all levels is lower. One
 * that looks lower is an old value we kept, or of a level whose limits do not
 * bind those below it (memory.use_hierarchy=0). */
static int read_rooms(struct reading *rd)
{
	const struct memory_limits *l = &rd->c->memory_limits;
	uint64_t enforced = rd->raw->stat.enforced;
	int r = 0;

	if (enforced && enforced < rd->raw->host.total)
		room_add(rd, enforced, rd->usage, &rd->raw->stat);

	for (unsigned i = 0; i < l->levels && r == 0; i++)
		r = read_room(rd, i, max_u64(l->limit[i], enforced));

	return r;
}

static uint64_t overcommit_ratio(struct host *host, uint64_t now_ns)
{
	autostr struct str text = { 0 };
	uint64_t ratio;

	if (host_read(host, HOST_OVERCOMMIT_RATIO, now_ns, &text) < 0 ||
	    parse_limit(str_text(&text), &ratio) < 0)
		return OVERCOMMIT_RATIO;

	return ratio;
}

static int read_all(struct reading *rd, uint64_t now_ns)
{
	int r = read_own(rd, now_ns);

	if (r == 0)
		r = memory_limits_refresh(rd->c, now_ns, &rd->raw->host);
	if (r == 0)
		r = read_rooms(rd);
	if (r == 0)
		r = reading_swap(rd);
	if (r == 0)
		r = reading_huge(rd);

	return r;
}

/* No cgroup has a say. The figures are still needed: /proc/swaps and vmstat
 * are made of them. */
static void host_make(const struct memory_raw *raw, struct memory *ret)
{
	if (raw->host.total)
		memory_make(raw, ret);
	ret->host = true;
}

int memory_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	struct memory_raw raw = {
		.swap_limit = NO_LIMIT,
		.huge_limit = NO_LIMIT,
		.huge_other_limit = NO_LIMIT,
		.no_swap = c->info.no_swap,
	};
	struct reading rd = {
		.c = c,
		.files = memory_files(c->cgroup),
		.raw = &raw,
	};
	int r;

	host_memory_parse(str_text(&s->host_meminfo), &raw.host);
	raw.overcommit_ratio = overcommit_ratio(c->host, now_ns);
	raw.swap_at_least_used = rd.files->swap_limit_is_sum;

	r = read_all(&rd, now_ns);
	if (r == -ENOENT || raw.host.total == 0) {
		host_make(&raw, &s->memory);
		return 0;
	}
	if (r < 0 && c->last_memory_valid) {
		s->memory = c->last_memory;
		return 0;
	}
	if (r < 0 && r != -ENODEV)
		return r;

	/* Gone before it was ever seen: nothing used, and no limit known. */
	memory_make(&raw, &s->memory);
	if (r == 0) {
		c->last_memory = s->memory;
		c->last_memory_valid = true;
	}
	return 0;
}
