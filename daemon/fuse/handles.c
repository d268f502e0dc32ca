/* SPDX-License-Identifier: Apache-2.0 */
/* Open files: who was chosen at open, and the text being read in parts. */
#include "handles.h"

#include <errno.h>

#include "area.h"
#include "base.h"
#include "blocks.h"
#include "nodeid.h"

#define INDEX_BITS 16
#define BARE       (UINT64_C(1) << 63) /* an fh without an entry */
#define EVICTIONS  8

_Static_assert(SERIAL_BITS + MARK_BITS < 64, "a marked serial fits in an fh");
_Static_assert(HANDLES_MAX == 1 << INDEX_BITS, "an index fits in an fh");

static pthread_mutex_t *lock_of(struct area *a, size_t index)
{
	return &a->handle_locks[index % HANDLE_LOCKS];
}

struct handle *handle_lock(struct area *a, uint64_t fh)
{
	size_t index = fh & (HANDLES_MAX - 1);
	struct handle *h = &a->handles[index];

	if (fh & BARE)
		return NULL;

	area_lock(lock_of(a, index));
	if (h->generation == fh >> INDEX_BITS)
		return h;

	area_unlock(lock_of(a, index));
	return NULL;
}

void handle_unlock(struct area *a, const struct handle *h)
{
	area_unlock(lock_of(a, (size_t)(h - a->handles)));
}

/* A free entry on SERIAL's share, as the fh that it will have. */
static uint64_t allot(struct area *a, uint64_t serial)
{
	struct share *share = &a->shares[serial_slot(serial)];
	long index = -1;

	if (atomic_fetch_add(&share->handles, 1) < HANDLES_SHARE)
		index = area_take_bit(a->handles_used, HANDLES_MAX / 64,
				      &a->handle_hint);
	if (index < 0) {
		atomic_fetch_sub(&share->handles, 1);
		return BARE | serial;
	}

	return (a->handles[index].generation + 1) << INDEX_BITS |
	       (uint64_t)index;
}

/* Unless it has been open already: then it may even be closed again. */
static void fill(struct area *a, uint64_t fh, uint64_t node, uint64_t serial)
{
	size_t index = fh & (HANDLES_MAX - 1);
	uint64_t generation = fh >> INDEX_BITS;
	struct handle *h = &a->handles[index];

	area_lock(lock_of(a, index));
	if (h->generation < generation) {
		*h = (struct handle){
			.generation = h->generation,
			.node = node,
			.serial = serial,
		};
		__atomic_store_n(&h->generation, generation, __ATOMIC_RELEASE);
	}
	area_unlock(lock_of(a, index));
}

uint64_t handle_open(struct area *a, uint64_t node, uint64_t serial,
		     _Atomic uint64_t *note)
{
	uint64_t fh = atomic_load(note);

	if (!fh) {
		fh = allot(a, serial);
		atomic_store(note, fh);
	}
	if (!(fh & BARE))
		fill(a, fh, node, serial);

	return fh;
}

bool handle_begun(const struct area *a, uint64_t fh)
{
	const struct handle *h = &a->handles[fh & (HANDLES_MAX - 1)];

	return fh & BARE || h->generation >= fh >> INDEX_BITS;
}

bool handle_is_bare(uint64_t fh)
{
	return fh & BARE;
}

static int chosen(struct area *a, uint64_t fh, uint64_t *ret)
{
	const struct handle *h;

	if (fh & BARE) {
		*ret = fh & ~BARE;
		return 0;
	}

	h = handle_lock(a, fh);
	if (!h)
		return -EBADF;

	*ret = h->serial;
	handle_unlock(a, h);
	return 0;
}

int handle_serial(struct area *a, uint64_t fh, uint64_t *ret)
{
	uint64_t marked;
	int r = chosen(a, fh, &marked);

	if (r == 0)
		*ret = serial_plain(marked);
	return r;
}

uint32_t handle_mark(struct area *a, uint64_t fh)
{
	uint64_t marked;

	return chosen(a, fh, &marked) == 0 ? serial_mark(marked) : 0;
}

uint64_t handle_with_trigger(struct area *a, uint32_t index)
{
	const struct handle *h = &a->handles[index];
	uint64_t fh = 0;

	if (!(atomic_load(&a->handles_used[index / 64]) >> index % 64 & 1))
		return 0;

	area_lock(lock_of(a, index));
	if (h->generation % 2 && h->window)
		fh = h->generation << INDEX_BITS | index;
	area_unlock(lock_of(a, index));
	return fh;
}

/* Under the lock. The blocks are the handle's for as long as it says so. */
static uint32_t take_text(struct handle *h)
{
	uint32_t first = h->block;

	h->unique = 0;
	h->len = 0;
	__atomic_store_n(&h->block, 0, __ATOMIC_RELEASE);
	return first;
}

void handle_release(struct area *a, uint64_t fh)
{
	struct handle *h = handle_lock(a, fh);
	struct share *share;
	uint32_t first;

	if (!h)
		return;

	share = &a->shares[serial_slot(h->serial)];
	first = take_text(h);
	if (h->window)
		atomic_fetch_sub(&share->triggers, 1);
	__atomic_store_n(&h->generation, h->generation + 1, __ATOMIC_RELEASE);
	handle_unlock(a, h);

	blocks_drop(a, first);
	atomic_fetch_sub(&share->handles, 1);
	area_drop_bit(a->handles_used, (size_t)(h - a->handles));
}

/* Take a text away from the container that holds most. */
static bool evict(struct area *a)
{
	long victim = blocks_victim(a);
	struct handle *h;
	uint32_t first;

	if (victim < 0)
		return false;

	h = &a->handles[victim];
	area_lock(lock_of(a, (size_t)victim));
	first = take_text(h);
	handle_unlock(a, h);
	blocks_drop(a, first);
	return true;
}

bool handle_store(struct area *a, const struct reading *at, const char *text,
		  size_t len)
{
	const uint64_t fh = at->fh;
	uint32_t index = fh & (HANDLES_MAX - 1);
	struct handle *h;
	uint32_t drop;
	uint64_t serial;
	uint32_t first = 0;

	if (fh & BARE || handle_serial(a, fh, &serial) < 0)
		return true;

	for (int i = 0; len && !first && i < EVICTIONS; i++) {
		first = blocks_store(a, index, serial_slot(serial), text, len);
		if (!first && !evict(a))
			break;
	}
	if (len && !first)
		return false; /* later offsets are rendered anew */

	drop = first;
	h = handle_lock(a, fh);
	if (h && (!at->again || h->unique < at->unique)) {
		drop = take_text(h);
		h->block = first;
		h->len = (uint32_t)len;
		h->unique = at->unique;
	}
	if (h)
		handle_unlock(a, h);
	blocks_drop(a, drop);
	return true;
}

static bool serves(const struct handle *h, const struct reading *at)
{
	return at->offset > 0 || at->unique == 0 ||
	       (at->again && h->unique >= at->unique);
}

ssize_t handle_read(struct area *a, const struct reading *at, char *out)
{
	struct handle *h = handle_lock(a, at->fh);
	ssize_t n = -ENODATA;

	if (!h)
		return n;

	if (h->unique && serves(h, at)) {
		size_t left = sub_floor(h->len, (uint64_t)at->offset);

		n = (ssize_t)blocks_copy(a, h->block, (size_t)at->offset, out,
					 min_u64(at->size, left));
	}
	handle_unlock(a, h);
	return n;
}
