/* SPDX-License-Identifier: Apache-2.0 */
/* Words for tests of what lies in the area. */
#pragma once

#include "area.h"
#include "handles.h"
#include "nodeid.h"

static inline uint64_t serial_of(uint32_t slot)
{
	return UINT64_C(7) << SERIAL_SLOT_BITS | slot;
}

static inline uint64_t opened(struct area *a, uint64_t node, uint64_t serial)
{
	_Atomic uint64_t note = 0;

	return handle_open(a, node, serial, &note);
}

static inline void store(struct area *a, uint64_t fh, uint64_t unique,
			 const char *text, size_t len)
{
	const struct reading at = { .fh = fh, .unique = unique };

	handle_store(a, &at, text, len);
}

static inline unsigned used_bits(const _Atomic uint64_t *map, size_t words)
{
	unsigned n = 0;

	for (size_t i = 0; i < words; i++)
		n += (unsigned)__builtin_popcountll(map[i]);

	return n;
}
