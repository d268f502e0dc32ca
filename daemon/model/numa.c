/* SPDX-License-Identifier: Apache-2.0 */
/* Which NUMA nodes a container has memory and CPUs of. */
#include <errno.h>
#include <string.h>

#include "base.h"
#include "container.h"
#include "gather.h"

static void mems_keep(struct numa_kept *k, const struct cpus *mems)
{
	memcpy(k->mems, mems->bits, sizeof(k->mems));
	k->known = true;
}

/* What it may use, or was allowed to while its cgroup was there. Nobody says:
 * all there is. */
static struct cpus mems_of(struct container *c, const struct cpus *all)
{
	struct cpus mems = { 0 };
	int r = cpu_mems_read(c->cgroup, &mems);

	if (r == 0)
		mems_keep(&c->numa_kept, &mems);
	else if (r == -ENODEV && c->numa_kept.known)
		memcpy(mems.bits, c->numa_kept.mems, sizeof(c->numa_kept.mems));
	mems = cpus_and(&mems, all);

	return cpus_count(&mems) ? mems : *all;
}

/* A host without a folder of nodes has none to show. */
int numa_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	struct numa *n = &s->numa;

	*n = (struct numa){ 0 };
	(void)host_read_set(c->host, HOST_NODE_ONLINE, now_ns, &n->online);
	if (host_read_set(c->host, HOST_NODE_MEMORY, now_ns, &n->memory) < 0)
		n->memory = n->online;
	if (host_read_set(c->host, HOST_NODE_NORMAL_MEMORY, now_ns,
			  &n->normal) < 0)
		n->normal = n->memory;

	n->mems = mems_of(c, &n->memory);
	return 0;
}

int node_cpus_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	const struct cpus *online = &s->numa.online;

	(void)now_ns;
	for (unsigned i = cpus_next(online, 0); i < NUMA_NODES_MAX;
	     i = cpus_next(online, i + 1)) {
		autostr struct str text = { 0 };
		struct cpus set;

		/* Offline since the list was read: no CPU either. */
		if (host_read_node(c->host, i, "cpulist", &text) < 0 ||
		    cpus_parse(str_text(&text), &set) < 0)
			continue;
		set = cpus_and(&set, &s->cpus.shown);
		if (cpus_count(&set))
			cpus_add(&s->numa.cpus, i);
	}

	return 0;
}
