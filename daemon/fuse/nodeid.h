/* SPDX-License-Identifier: Apache-2.0 */
/* How the kernel names our files: container and place in the tree, in one
 * number that can be taken apart without a table and never comes back.
 *
 * serial  0: the caller-identified tree; else tenancy << 12 | container slot,
 *         where tenancy counts the containers since the area was made; in an
 *         open file a mark of its cgroup stands above it
 * node id serial << 20 | index of the node (nodes.h) */
#pragma once

#include <stdint.h>

#define NODE_BITS        20
#define SERIAL_SLOT_BITS 12
#define SERIAL_BITS      (64 - NODE_BITS)
#define MARK_BITS        19 /* the top bit is free: handles.c */
#define NODE_ROOT        1  /* FUSE_ROOT_ID, and each container's top */

static inline uint64_t node_id(uint64_t serial, uint32_t index)
{
	return serial << NODE_BITS | index;
}

static inline uint64_t node_serial(uint64_t id)
{
	return id >> NODE_BITS;
}

static inline uint32_t node_index(uint64_t id)
{
	return id & ((UINT32_C(1) << NODE_BITS) - 1);
}

static inline uint64_t serial_marked(uint64_t serial, uint32_t mark)
{
	return serial | (uint64_t)mark << SERIAL_BITS;
}

static inline uint64_t serial_plain(uint64_t marked)
{
	return marked & ((UINT64_C(1) << SERIAL_BITS) - 1);
}

static inline uint32_t serial_mark(uint64_t marked)
{
	return marked >> SERIAL_BITS & ((UINT32_C(1) << MARK_BITS) - 1);
}

static inline uint32_t serial_slot(uint64_t serial)
{
	return serial & ((UINT32_C(1) << SERIAL_SLOT_BITS) - 1);
}
