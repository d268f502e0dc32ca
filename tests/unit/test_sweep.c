/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base.h"
#include "blocks.h"
#include "in_area.h"
#include "members.h"
#include "slots.h"
#include "sweep.h"

#define CPUS   2
#define STRIDE 4096

struct fixture {
	struct area *area;
	struct control *control;
};

static int setup(void **state)
{
	static struct fixture f;
	autoclose int area =
		memfd_create("area", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	autoclose int control = control_create(0);

	*state = &f;
	return control_map(control, &f.control) < 0 ||
			       area_open(area, CPUS, STRIDE, &f.area) < 0
		       ? -1
		       : 0;
}

static int teardown(void **state)
{
	const struct fixture *f = *state;

	area_close(f->area);
	control_unmap(f->control);
	return 0;
}

static unsigned handles_of(const struct area *a)
{
	return used_bits(a->handles_used, HANDLES_MAX / 64);
}

static unsigned blocks_of(const struct area *a)
{
	return used_bits(a->blocks_used, BLOCKS_MAX / 64);
}

static size_t read_at(struct area *a, uint64_t fh, off_t offset)
{
	const struct reading at = { .fh = fh, .offset = offset, .size = 4096 };
	char out[4096];

	return (size_t)handle_read(a, &at, out);
}

/* An open file and its text are there after it as before. */
static void open_files_stay(void **state)
{
	const struct fixture *f = *state;
	struct area *a = f->area;
	char text[2 * PAGE + 10];
	uint64_t fh = opened(a, 5, serial_of(3));

	memset(text, 'x', sizeof(text));
	store(a, fh, 2, text, sizeof(text));
	area_sweep(a, f->control);

	assert_int_equal(handles_of(a), 1);
	assert_int_equal(blocks_of(a), 3);
	assert_int_equal(a->shares[3].handles, 1);
	assert_int_equal(a->shares[3].blocks, 3);
	assert_int_equal(read_at(a, fh, (off_t)2 * PAGE), 10);

	handle_release(a, fh);
	assert_int_equal(handles_of(a), 0);
	assert_int_equal(blocks_of(a), 0);
	assert_int_equal(a->shares[3].handles, 0);
	assert_int_equal(a->shares[3].blocks, 0);
}

/* Killed after each step of an OPEN. */
static void a_half_open_file_is_given_back(void **state)
{
	const struct fixture *f = *state;
	struct area *a = f->area;
	struct slot *slot = slot_claim(f->control, 1);
	uint64_t fh;

	/* its share, and its place in the table */
	atomic_fetch_add(&a->shares[3].handles, 1);
	assert_int_equal(area_take_bit(a->handles_used, HANDLES_MAX / 64,
				       &a->handle_hint),
			 0);
	area_sweep(a, f->control);
	assert_int_equal(handles_of(a), 0);
	assert_int_equal(a->shares[3].handles, 0);

	/* also the note of it; the next attempt does not find it there */
	(void)handle_open(a, 5, serial_of(3), &slot->fh);
	a->handles[0].generation--;
	area_sweep(a, f->control);
	assert_int_equal(handles_of(a), 0);
	assert_int_equal(slot->fh, 0);

	/* all of it, but for the answer: the same file is opened again */
	fh = handle_open(a, 5, serial_of(3), &slot->fh);
	area_sweep(a, f->control);
	assert_int_equal(handle_open(a, 5, serial_of(3), &slot->fh), fh);
	assert_int_equal(handles_of(a), 1);

	/* closed meanwhile: it does not come to life again */
	handle_release(a, fh);
	area_sweep(a, f->control);
	assert_int_equal(handle_open(a, 5, serial_of(3), &slot->fh), fh);
	assert_int_equal(handles_of(a), 0);
	assert_int_equal(a->shares[3].handles, 0);
	slot_release(slot);
}

/* Killed after each step of a RELEASE. */
static void a_half_closed_file_is_closed(void **state)
{
	const struct fixture *f = *state;
	struct area *a = f->area;
	uint64_t fh = opened(a, 5, serial_of(3));

	store(a, fh, 2, "text", 4);

	/* the text was taken away, its block not yet given back */
	a->handles[0].unique = 0;
	a->handles[0].block = 0;
	area_sweep(a, f->control);
	assert_int_equal(blocks_of(a), 0);
	assert_int_equal(handles_of(a), 1);

	/* the file was closed, its place not yet given back */
	a->handles[0].generation++;
	area_sweep(a, f->control);
	assert_int_equal(handles_of(a), 0);
	assert_int_equal(a->shares[3].handles, 0);
	handle_release(a, fh); /* executed again */
	assert_int_equal(handles_of(a), 0);
	assert_int_equal(a->shares[3].handles, 0);
}

/* Killed while a text was put down. */
static void a_half_stored_text_is_given_back(void **state)
{
	const struct fixture *f = *state;
	struct area *a = f->area;
	uint64_t fh = opened(a, 5, serial_of(3));

	assert_int_equal(blocks_store(a, 0, 3, "text", 4), 1);
	assert_int_equal(a->shares[3].blocks, 1);
	area_sweep(a, f->control);
	assert_int_equal(blocks_of(a), 0);
	assert_int_equal(a->shares[3].blocks, 0);

	/* linked, but not yet valid: it goes with the next one */
	a->handles[0].block = blocks_store(a, 0, 3, "text", 4);
	area_sweep(a, f->control);
	assert_int_equal(blocks_of(a), 1);
	store(a, fh, 2, "other", 5);
	assert_int_equal(blocks_of(a), 1);
	assert_int_equal(read_at(a, fh, 0), 5);
}

/* Two texts that claim the same block, and one that is a ring: whoever wrote
 * such a thing, nobody walks in circles or gives it back twice. */
static void nonsense_is_cut(void **state)
{
	const struct fixture *f = *state;
	struct area *a = f->area;
	uint64_t one = opened(a, 5, serial_of(3));
	uint64_t two = opened(a, 5, serial_of(4));

	store(a, one, 2, "one", 3);
	a->blocks[0].next = 1;
	a->handles[1].block = 1;
	a->handles[1].unique = 2;
	area_sweep(a, f->control);
	assert_int_equal(a->blocks[0].next, 0);
	assert_int_equal(a->handles[1].block, 0);

	a->handles[1].block = BLOCKS_MAX + 7;
	area_sweep(a, f->control);
	assert_int_equal(a->handles[1].block, 0);

	handle_release(a, one);
	handle_release(a, two);
	assert_int_equal(blocks_of(a), 0);
}

/* Locked, as it seems, by a thread that there is not. */
static void break_lock(pthread_mutex_t *lock)
{
	memset(lock, 0x2a, sizeof(int));
	assert_int_equal(pthread_mutex_trylock(lock), EBUSY);
}

static void broken_locks_are_mended(void **state)
{
	const struct fixture *f = *state;
	struct area *a = f->area;
	struct container_slot *slot = (void *)(a->containers + 3 * a->stride);
	pthread_mutex_t *const locks[] = {
		&a->containers_lock,
		&a->handle_locks[7],
		&slot->lock,
	};

	a->tenants[3].ino = 42;
	area_lock_init(&slot->lock);
	slot->lock_made = 1;
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++)
		break_lock(locks[i]);
	memset(&a->handle_locks[8], 0x5a, sizeof(a->handle_locks[8]));

	area_sweep(a, f->control);
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++)
		assert_int_equal(pthread_mutex_trylock(locks[i]), 0);
	assert_int_equal(pthread_mutex_trylock(&a->handle_locks[8]), 0);
}

#define IN_AREA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_AREA(open_files_stay),
		IN_AREA(a_half_open_file_is_given_back),
		IN_AREA(a_half_closed_file_is_closed),
		IN_AREA(a_half_stored_text_is_given_back),
		IN_AREA(nonsense_is_cut),
		IN_AREA(broken_locks_are_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
