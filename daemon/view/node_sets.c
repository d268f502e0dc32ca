/* SPDX-License-Identifier: Apache-2.0 */
/* sys/devices/system/node: which nodes there are.
 *
 * Documentation/ABI/stable/sysfs-devices-node. A node whose memory the
 * container may not use is offline. One that has none to begin with stays as
 * it is: nobody is allowed to use that, and so nobody is forbidden to. */
#include "snapshot.h"
#include "str.h"
#include "view.h"

void node_online_render(const struct snapshot *in, struct str *out)
{
	const struct numa *n = &in->numa;
	struct cpus hidden = cpus_without(&n->memory, &n->mems);
	struct cpus online = cpus_without(&n->online, &hidden);

	cpus_line(&online, out);
}

void node_has_cpu_render(const struct snapshot *in, struct str *out)
{
	cpus_line(&in->numa.cpus, out);
}

void node_has_memory_render(const struct snapshot *in, struct str *out)
{
	cpus_line(&in->numa.mems, out);
}

void node_has_normal_memory_render(const struct snapshot *in, struct str *out)
{
	struct cpus normal = cpus_and(&in->numa.normal, &in->numa.mems);

	cpus_line(&normal, out);
}
