/* SPDX-License-Identifier: Apache-2.0 */
/* The stock of snapshot memory: texts kept as chains of blocks. */
#include "blocks.h"

#include <string.h>

#include "area.h"
#include "base.h"

/* A block that this worker has used may be dropped by another worker, and then
 * be taken by this one again. ThreadSanitizer sees one process: it has to be
 * told that what was done with the block comes before its being taken. */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define block_used(b)  __tsan_release((void *)(uintptr_t)(b))
#define block_taken(b) __tsan_acquire((void *)(uintptr_t)(b))
#else
#define block_used(b)  ((void)(b))
#define block_taken(b) ((void)(b))
#endif

static void drop_one(struct area *a, uint32_t block)
{
	struct block *b = &a->blocks[block];

	atomic_fetch_sub(&a->shares[b->container % CONTAINERS_MAX].blocks, 1);
	atomic_store(&b->owner, 0);
	area_drop_bit(a->blocks_used, block);
}

void blocks_drop(struct area *a, uint32_t first)
{
	while (first && first <= BLOCKS_MAX) {
		uint32_t next = a->blocks[first - 1].next;

		drop_one(a, first - 1);
		first = next;
	}
}

uint32_t blocks_store(struct area *a, uint32_t handle, uint32_t container,
		      const char *text, size_t len)
{
	uint32_t first = 0;

	/* The last one first, so that each is complete when it is linked. */
	for (size_t pages = (len + PAGE - 1) / PAGE; pages > 0; pages--) {
		size_t at = (pages - 1) * PAGE;
		long i = area_take_bit(a->blocks_used, a->block_count / 64,
				       &a->block_hint);
		struct block *b;

		if (i < 0) {
			blocks_drop(a, first);
			return 0;
		}

		b = &a->blocks[i];
		block_taken(b);
		b->next = first;
		b->container = container;
		atomic_fetch_add(&a->shares[container].blocks, 1);
		memcpy(a->text[i], text + at, min_u64(PAGE, len - at));
		atomic_store(&b->owner, handle + 1);
		block_used(b);
		first = (uint32_t)i + 1;
	}

	return first;
}

/* The block after BLOCK, with which we are done. */
static uint32_t next_of(const struct area *a, uint32_t block)
{
	const struct block *b = &a->blocks[block - 1];
	uint32_t next = b->next;

	block_used(b);
	return next;
}

size_t blocks_copy(const struct area *a, uint32_t first, size_t offset,
		   char *out, size_t size)
{
	size_t done = 0;

	for (; first && offset >= PAGE; offset -= PAGE)
		first = next_of(a, first);

	while (first && done < size) {
		size_t n = min_u64(PAGE - offset, size - done);

		memcpy(out + done, a->text[first - 1] + offset, n);
		done += n;
		offset = 0;
		first = next_of(a, first);
	}

	return done;
}

static uint32_t biggest_holder(const struct area *a)
{
	uint32_t most = 0;
	uint32_t who = 0;

	for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
		uint32_t n = atomic_load_explicit(&a->shares[i].blocks,
						  memory_order_relaxed);

		if (n > most) {
			most = n;
			who = i;
		}
	}

	return who;
}

long blocks_victim(struct area *a)
{
	uint32_t holder = biggest_holder(a);
	uint32_t start = atomic_fetch_add(&a->block_hint, 1);

	/* Any of its texts will do; beginning elsewhere each time spares the
	 * reader who has just been hit. */
	for (uint32_t i = 0; i < a->block_count; i++) {
		uint32_t at = (start * 64 + i) % a->block_count;
		uint32_t owner = atomic_load(&a->blocks[at].owner);

		if (owner && a->blocks[at].container == holder)
			return (long)owner - 1;
	}

	return -1;
}
