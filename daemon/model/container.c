/* SPDX-License-Identifier: Apache-2.0 */
/* One container: which parts of a snapshot a need stands for. */
#include "container.h"

#include <errno.h>

#include "base.h"
#include "gather.h"
#include "view.h"

/* In order: a part may use those above it. */
static const struct {
	unsigned need;
	gather_part *gather;
} parts[] = {
	{ NEED_MEMORY, memory_gather },
	{ NEED_VMEVENTS, vmevents_gather },
	{ NEED_DISKS, disks_gather },
	{ NEED_DISK, disk_gather },
	{ NEED_SLABINFO, slabinfo_gather },
	{ NEED_CPUS | NEED_CPUTIME, cpus_gather },
	{ NEED_CPUTIME, cputime_gather },
	{ NEED_NUMA | NEED_NODE_CPUS, numa_gather },
	{ NEED_NODE_CPUS, node_cpus_gather },
	{ NEED_NODE_MEMORY, node_memory_gather },
	{ NEED_UPTIME, uptime_gather },
	{ NEED_TASKS, tasks_gather },
	{ NEED_LOAD, load_gather },
	{ NEED_PRESSURE_CPU, pressure_cpu_gather },
	{ NEED_PRESSURE_IO, pressure_io_gather },
	{ NEED_PRESSURE_MEMORY, pressure_memory_gather },
};

static int gather_host(struct container *c, unsigned needs, uint64_t now_ns,
		       struct snapshot *s)
{
	const struct {
		unsigned need;
		enum host_file file;
		struct str *text;
		bool optional; /* a kernel may be built without it */
	} texts[] = {
		{ NEED_HOST_MEMINFO | NEED_MEMORY, HOST_MEMINFO,
		  &s->host_meminfo, false },
		{ NEED_HOST_VMSTAT, HOST_VMSTAT, &s->host_vmstat, false },
		{ NEED_HOST_DISKSTATS, HOST_DISKSTATS, &s->host_diskstats,
		  false },
		{ NEED_HOST_SCHEDSTAT, HOST_SCHEDSTAT, &s->host_schedstat,
		  true },
		{ NEED_HOST_SOFTIRQS, HOST_SOFTIRQS, &s->host_softirqs, true },
		{ NEED_HOST_INTERRUPTS, HOST_INTERRUPTS, &s->host_interrupts,
		  true },
		{ NEED_HOST_PARTITIONS, HOST_PARTITIONS, &s->host_partitions,
		  false },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!(needs & texts[i].need))
			continue;
		r = host_read(c->host, texts[i].file, now_ns, texts[i].text);
		if (r == -ENOENT && texts[i].optional)
			r = 0;
		if (r < 0)
			return r;
	}

	if (needs & NEED_HOST_CPUINFO)
		r = host_cpuinfo(c->host, now_ns, &s->host_cpuinfo,
				 &s->cpuinfo);
	if (needs & NEED_HOST_STAT && r == 0)
		r = host_stat(c->host, now_ns, &s->host_stat);

	return r;
}

/* A node may go offline at any time: it then says nothing. */
static int gather_node(struct container *c, unsigned needs, struct snapshot *s)
{
	static const struct {
		unsigned need;
		const char *name;
	} texts[] = {
		{ NEED_HOST_NODE_CPULIST, "cpulist" },
		{ NEED_HOST_NODE_CPUMAP, "cpumap" },
		{ NEED_HOST_NODE_MEMINFO, "meminfo" },
		{ NEED_HOST_NODE_NUMASTAT, "numastat" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int r;

		if (!(needs & texts[i].need))
			continue;
		r = host_read_node(c->host, s->star.number, texts[i].name,
				   &s->host_node);
		if (r < 0 && r != -ENOENT && r != -ENODEV)
			return r;
	}

	return 0;
}

int container_gather(struct container *c, unsigned needs, uint64_t now_ns,
		     struct snapshot *s)
{
	int r = gather_host(c, needs, now_ns, s);

	if (r == 0)
		r = gather_node(c, needs, s);
	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++)
		if (needs & parts[i].need)
			r = parts[i].gather(c, now_ns, s);

	return r;
}

int container_open(struct host *host, struct cgroup *cgroup,
		   const struct container_info *info,
		   struct container_state *state, struct container **ret)
{
	struct container *c = calloc(1, sizeof(*c));

	if (!c) {
		cgroup_close(cgroup);
		return -ENOMEM;
	}

	c->host = host;
	c->cgroup = cgroup;
	c->info = *info;
	c->state = state;

	*ret = c;
	return 0;
}

void container_close(struct container *c)
{
	if (!c)
		return;

	for (size_t i = 0; i < PRESSURES; i++)
		str_free(&c->last_pressure[i]);
	str_free(&c->numa_kept.stat);
	free(c->last_vmevents);
	free(c->cpu_limits.sets);
	cgroup_close(c->cgroup);
	free(c);
}
