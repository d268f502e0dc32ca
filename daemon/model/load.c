/* SPDX-License-Identifier: Apache-2.0 */
#include "container.h"
#include "gather.h"

int load_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	(void)c;
	(void)now_ns;
	(void)s;
	return 0;
}
