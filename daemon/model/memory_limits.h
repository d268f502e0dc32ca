/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of all levels, read again when they are older than
 * LIMITS_FRESH_NS. */
#pragma once

#include <stdint.h>

struct container;
struct host_memory;

/* Bring c->memory_limits up to date. Swap limits are read only where HOST has
 * swap, those of huge pages only where it has some. What is missing or
 * malformed is NO_LIMIT. Returns 0, or -errno when a limit is there but cannot
 * be read: then the old limits stay. */
int memory_limits_refresh(struct container *c, uint64_t now_ns,
			  const struct host_memory *host);
