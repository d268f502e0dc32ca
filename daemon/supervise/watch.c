/* SPDX-License-Identifier: Apache-2.0 */
/* A request that stays in its slot for too long. Counted are looks, not time:
 * a machine that stood still has not served, and nobody is to blame. */
#include "watch.h"

bool watch_look(struct watch *w, unsigned index, uint32_t owner,
		uint64_t unique)
{
	unsigned looks = 0;

	if (unique && w->slots[index].unique == unique &&
	    w->slots[index].owner == owner)
		looks = w->slots[index].looks;
	if (unique)
		looks++;

	w->slots[index].owner = owner;
	w->slots[index].unique = unique;
	w->slots[index].looks = looks % WATCH_LOOKS;
	return looks == WATCH_LOOKS;
}
