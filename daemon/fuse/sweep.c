/* SPDX-License-Identifier: Apache-2.0 */
/* The area after a crash: the open handles say what is in use. */
#include "sweep.h"

#include <stdbool.h>
#include <string.h>

#include "area.h"
#include "handles.h"
#include "members.h"
#include "nodeid.h"

struct marks {
	uint64_t block[BLOCKS_MAX / 64];
};

/* An OPEN that has noted its handle but not opened it begins anew. */
static void forget_notes(struct area *a, struct control *c)
{
	for (unsigned i = 0; i < SLOTS_MAX; i++) {
		struct slot *slot = &c->slots[i];
		uint64_t fh = atomic_load(&slot->fh);

		if (fh && !handle_begun(a, fh))
			atomic_store(&slot->fh, 0);
	}
}

/* Take block I (+ 1) as part of H's text. False: it cannot be. */
static bool mark(struct area *a, struct marks *m, uint32_t i)
{
	uint64_t bit = UINT64_C(1) << ((i - 1) % 64);

	if (i > a->block_count || m->block[(i - 1) / 64] & bit)
		return false;

	m->block[(i - 1) / 64] |= bit;
	return true;
}

static void keep(struct area *a, struct marks *m, uint32_t index)
{
	struct handle *h = &a->handles[index];
	uint32_t who = serial_slot(h->serial);
	struct share *share = &a->shares[who];

	atomic_fetch_add(&share->handles, 1);
	if (h->window)
		atomic_fetch_add(&share->triggers, 1);

	for (uint32_t *link = &h->block; *link;) {
		struct block *b;

		if (!mark(a, m, *link)) {
			*link = 0;
			h->unique = 0;
			break;
		}
		b = &a->blocks[*link - 1];
		b->container = who;
		atomic_store(&b->owner, index + 1);
		atomic_fetch_add(&share->blocks, 1);
		link = &b->next;
	}
}

static void sweep_handles(struct area *a, struct marks *m)
{
	for (uint32_t w = 0; w < HANDLES_MAX / 64; w++) {
		uint64_t used = atomic_load(&a->handles_used[w]);

		for (; used; used &= used - 1) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(used);

			if (a->handles[i].generation % 2)
				keep(a, m, i);
			else
				area_drop_bit(a->handles_used, i);
		}
	}
}

static void sweep_blocks(struct area *a, const struct marks *m)
{
	for (uint32_t w = 0; w < BLOCKS_MAX / 64; w++) {
		uint64_t lost = atomic_load(&a->blocks_used[w]) & ~m->block[w];

		for (; lost; lost &= lost - 1) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(lost);

			atomic_store(&a->blocks[i].owner, 0);
			area_drop_bit(a->blocks_used, i);
		}
	}
}

/* All but those that are needed to come here. */
static void mend_locks(struct area *a)
{
	area_lock_mend(&a->containers_lock);
	for (size_t i = 0; i < HANDLE_LOCKS; i++)
		area_lock_mend(&a->handle_locks[i]);

	for (size_t i = 0; i < CONTAINERS_MAX; i++) {
		struct container_slot *slot =
			(void *)(a->containers + i * a->stride);

		/* Slots that nobody has had yet take no memory. */
		if (a->tenants[i].ino && slot->lock_made)
			area_lock_mend(&slot->lock);
	}
}

void area_sweep(struct area *a, struct control *c)
{
	struct marks m = { 0 };

	mend_locks(a);
	forget_notes(a, c);
	memset(a->shares, 0, sizeof(a->shares));
	sweep_handles(a, &m);
	sweep_blocks(a, &m);
}
