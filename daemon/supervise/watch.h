/* SPDX-License-Identifier: Apache-2.0 */
/* A request that stays in its slot for too long. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "control.h"

#define WATCH_LOOKS 3 /* a second between each two */

struct watch {
	struct {
		uint32_t owner;
		uint64_t unique;
		unsigned looks;
	} slots[SLOTS_MAX];
};

/* A look at slot INDEX, where OWNER has the request UNIQUE, 0 for none. True
 * when it is the WATCH_LOOKS-th in a row that sees just that, and then again
 * only if it is still so after as many more. */
bool watch_look(struct watch *w, unsigned index, uint32_t owner,
		uint64_t unique);
