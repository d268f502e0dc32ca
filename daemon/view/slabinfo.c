/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/slabinfo: the cgroup's own file, or the kernel's header alone. */
#include "snapshot.h"
#include "view.h"

/* mm/slab_common.c, print_slabinfo_header(). */
static const char header[] =
	"slabinfo - version: 2.1\n"
	"# name            <active_objs> <num_objs> <objsize> <objperslab> "
	"<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : "
	"slabdata <active_slabs> <num_slabs> <sharedavail>\n";

void slabinfo_render(const struct snapshot *in, struct str *out)
{
	if (in->slabinfo.len)
		str_add(out, in->slabinfo.text, in->slabinfo.len);
	else
		str_adds(out, header);
}
