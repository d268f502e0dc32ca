/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base.h"
#include "blocks.h"
#include "in_area.h"

#define CPUS   2
#define STRIDE 4096

struct fixture {
	int fd;
	struct area *area;
};

static int setup(void **state)
{
	static struct fixture f;

	f.fd = memfd_create("area", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	*state = &f;
	return area_open(f.fd, CPUS, STRIDE, &f.area);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	area_close(f->area);
	close(f->fd);
	return 0;
}

static struct area *area_of(void **state)
{
	return ((struct fixture *)*state)->area;
}

static void layout_stays(void **state)
{
	struct area *a = area_of(state);

	assert_true(a->magic == AREA_MAGIC);
	assert_int_equal(a->layout, AREA_LAYOUT);
	assert_int_equal(offsetof(struct slot, in) % PAGE, 0);
	assert_int_equal(offsetof(struct slot, out) % PAGE, 0);
	assert_int_equal(offsetof(struct slot, in), PAGE);
	assert_int_equal(offsetof(struct control, start_ticks), 576);
	assert_int_equal(offsetof(struct control, count_keys), 608);
	assert_int_equal(offsetof(struct control, slots), PAGE);
	assert_int_equal(sizeof(struct slot), 9 * PAGE);
	assert_int_equal(offsetof(struct slot, counts), 64);
	assert_int_equal(offsetof(struct counts, ops), 36 * 104);
	assert_int_equal(offsetof(struct counts, events), 36 * 104 + 8 * 24);
	assert_int_equal(sizeof(struct handle), 64);
	assert_int_equal(sizeof(struct node), 64);
}

static void another_layout_is_refused(void **state)
{
	const struct fixture *f = *state;
	struct area *again;

	f->area->layout++;
	assert_int_equal(area_open(f->fd, CPUS, STRIDE, &again), -EPROTO);
	f->area->layout--;
	f->area->stride++;
	assert_int_equal(area_open(f->fd, CPUS, STRIDE, &again), -EPROTO);
	f->area->stride--;
	assert_int_equal(area_open(f->fd, CPUS + 1, STRIDE, &again), -EPROTO);
	assert_int_equal(area_open(f->fd, CPUS, STRIDE + 64, &again), -EPROTO);
	assert_int_equal(ftruncate(f->fd, 100), -1);
}

/* Whoever follows must not look beyond the table. */
static void nonsense_is_counted_anew(void **state)
{
	const struct fixture *f = *state;
	struct area *again = NULL;

	f->area->block_count = BLOCKS_MAX + 64;
	assert_int_equal(area_open(f->fd, CPUS, STRIDE, &again), 0);
	assert_int_equal(f->area->block_count, BLOCKS_MIN);
	area_close(again);

	f->area->block_count = BLOCKS_MAX; /* of another build */
	assert_int_equal(area_open(f->fd, CPUS, STRIDE, &again), 0);
	assert_int_equal(f->area->block_count, BLOCKS_MAX);
	area_close(again);
}

static void a_new_area_takes_little_memory(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(fstat(f->fd, &st), 0);
	assert_in_range(st.st_blocks, 0, 1024 * 1024 / 512);
}

static void lock_outlives_its_owner(void **state)
{
	struct area *a = area_of(state);
	pid_t child = fork();
	int status;

	if (child == 0) {
		area_lock(&a->nodes_lock);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	area_lock(&a->nodes_lock);
	area_unlock(&a->nodes_lock);
	area_lock(&a->nodes_lock);
	area_unlock(&a->nodes_lock);
}

#define READ(f, u, o, s)                                                       \
	(&(const struct reading){ .fh = (f),                                   \
				  .unique = (u),                               \
				  .again = true,                               \
				  .offset = (o),                               \
				  .size = (s) })

static void handle_knows_its_container(void **state)
{
	struct area *a = area_of(state);
	uint64_t fh = opened(a, 1234, serial_of(3));
	uint64_t serial = 0;

	assert_int_equal(handle_serial(a, fh, &serial), 0);
	assert_int_equal(serial, serial_of(3));
	handle_release(a, fh);
	assert_int_equal(handle_serial(a, fh, &serial), -EBADF);
}

static void handle_keeps_a_mark(void **state)
{
	const uint64_t most = serial_marked((UINT64_C(1) << SERIAL_BITS) - 1,
					    (UINT32_C(1) << MARK_BITS) - 1);
	struct area *a = area_of(state);
	uint64_t serial = 0;

	for (int i = 0; i < HANDLES_SHARE + 10; i++) {
		uint64_t fh = opened(a, 1, most); /* in the end without entry */

		assert_int_equal(handle_mark(a, fh), serial_mark(most));
		assert_int_equal(handle_serial(a, fh, &serial), 0);
		assert_int_equal(serial, serial_plain(most));
	}
	assert_int_equal(handle_mark(a, opened(a, 1, serial_of(3))), 0);
}

static void release_twice_is_once(void **state)
{
	struct area *a = area_of(state);
	uint64_t first = opened(a, 1, serial_of(3));
	uint64_t second;
	uint64_t serial;

	handle_release(a, first);
	handle_release(a, first);
	assert_int_equal(a->shares[3].handles, 0);

	second = opened(a, 1, serial_of(4));
	handle_release(a, first); /* the entry is another's now */
	assert_int_equal(handle_serial(a, second, &serial), 0);
	assert_int_not_equal(first, second);
	handle_release(a, second);
	assert_int_equal(used_bits(a->handles_used, HANDLES_MAX / 64), 0);
}

static void text_is_served_in_pieces(void **state)
{
	struct area *a = area_of(state);
	uint64_t fh = opened(a, 1, serial_of(3));
	static char text[10000];
	static char got[sizeof(text)];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);

	assert_int_equal(handle_read(a, READ(fh, 5, 0, 17), got), -ENODATA);
	assert_int_equal(handle_read(a, READ(fh, 5, 9, 17), got), -ENODATA);
	store(a, fh, 5, text, sizeof(text));

	for (size_t at = 0; at < sizeof(text); at += 300) {
		ssize_t n =
			handle_read(a, READ(fh, 5, (off_t)at, 300), got + at);

		assert_int_equal(n, min_u64(300, sizeof(text) - at));
	}
	assert_memory_equal(got, text, sizeof(text));
	assert_int_equal(handle_read(a, READ(fh, 5, 4090, 5000), got), 5000);
	assert_memory_equal(got, text + 4090, 5000);
	assert_int_equal(handle_read(a, READ(fh, 6, sizeof(text), 1), got), 0);
	assert_int_equal(handle_read(a, READ(fh, 6, INT64_MAX, 1), got), 0);

	handle_release(a, fh);
	assert_int_equal(used_bits(a->blocks_used, BLOCKS_MAX / 64), 0);
	assert_int_equal(a->shares[3].blocks, 0);
}

static void only_a_later_read_makes_a_new_text(void **state)
{
	struct area *a = area_of(state);
	uint64_t fh = opened(a, 1, serial_of(3));
	char got[8] = "";

	store(a, fh, 8, "second", 6);
	handle_store(a, READ(fh, 6, 0, 8), "first", 5);
	assert_int_equal(handle_read(a, READ(fh, 6, 0, 8), got), 6);
	assert_memory_equal(got, "second", 6);

	assert_int_equal(handle_read(a, READ(fh, 10, 0, 8), got), -ENODATA);
	store(a, fh, 10, "third", 5);
	assert_int_equal(handle_read(a, READ(fh, 10, 0, 8), got), 5);
	assert_int_equal(used_bits(a->blocks_used, BLOCKS_MAX / 64), 1);
	handle_release(a, fh);
}

/* But for those that are executed again, the last is the newest. */
static void numbers_of_requests_need_not_grow(void **state)
{
	struct area *a = area_of(state);
	const struct reading at = { .unique = 6,
				    .fh = opened(a, 1, serial_of(3)),
				    .size = 8 };
	char got[8] = "";

	store(a, at.fh, 8, "first", 5);
	assert_int_equal(handle_read(a, &at, got), -ENODATA);
	handle_store(a, &at, "second", 6);
	assert_int_equal(handle_read(a, READ(at.fh, 6, 0, 8), got), 6);
	assert_memory_equal(got, "second", 6);
	handle_release(a, at.fh);
}

static void a_text_may_be_empty(void **state)
{
	struct area *a = area_of(state);
	uint64_t fh = opened(a, 1, serial_of(3));
	char got[8];

	store(a, fh, 2, "", 0);
	assert_int_equal(handle_read(a, READ(fh, 4, 5, 8), got), 0);
	assert_int_equal(handle_read(a, READ(fh, 2, 0, 8), got), 0);
	handle_release(a, fh);
}

static void a_flood_of_opens_hurts_nobody(void **state)
{
	struct area *a = area_of(state);
	uint64_t fh = 0;
	uint64_t other;
	uint64_t serial = 0;
	char got[8];

	for (int i = 0; i < HANDLES_SHARE + 10; i++)
		fh = opened(a, 1, serial_of(3));
	assert_int_equal(a->shares[3].handles, HANDLES_SHARE);

	/* One too many: it has no entry, and works. */
	assert_int_equal(handle_serial(a, fh, &serial), 0);
	assert_int_equal(serial, serial_of(3));
	store(a, fh, 2, "text", 4);
	assert_int_equal(handle_read(a, READ(fh, 4, 1, 8), got), -ENODATA);
	assert_null(handle_lock(a, fh));
	handle_release(a, fh);
	assert_int_equal(a->shares[3].handles, HANDLES_SHARE);

	other = opened(a, 1, serial_of(4));
	store(a, other, 2, "text", 4);
	assert_int_equal(handle_read(a, READ(other, 4, 1, 8), got), 3);
}

static void a_full_table_still_opens(void **state)
{
	struct area *a = area_of(state);
	uint64_t serial = 0;
	uint64_t fh;

	for (uint32_t i = 0; i < HANDLES_MAX; i++)
		(void)opened(a, 1, serial_of(i % CONTAINERS_MAX));
	assert_int_equal(used_bits(a->handles_used, HANDLES_MAX / 64),
			 HANDLES_MAX);

	fh = opened(a, 1, serial_of(9));
	assert_int_equal(handle_serial(a, fh, &serial), 0);
	assert_int_equal(serial, serial_of(9));
}

static void who_holds_most_loses_his_text(void **state)
{
	struct area *a = area_of(state);
	uint64_t modest = opened(a, 1, serial_of(4));
	uint64_t greedy = 0;
	char got[8];

	store(a, modest, 2, "modest", 6);
	for (int i = 0; i < HANDLES_SHARE; i++) {
		static const char text[3 * PAGE];

		greedy = opened(a, 1, serial_of(3));
		store(a, greedy, 2, text, sizeof(text));
	}

	assert_int_equal(handle_read(a, READ(modest, 2, 0, 8), got), 6);
	assert_int_equal(handle_read(a, READ(greedy, 2, 0, 8), got), 8);
	assert_in_range(a->shares[3].blocks, a->block_count - 8,
			a->block_count);

	/* And another newcomer gets his. */
	modest = opened(a, 1, serial_of(5));
	store(a, modest, 2, "modest", 6);
	assert_int_equal(handle_read(a, READ(modest, 2, 0, 8), got), 6);
}

static void too_long_a_text_is_not_kept(void **state)
{
	struct area *a = area_of(state);
	uint64_t fh = opened(a, 1, serial_of(3));
	size_t len = (size_t)(a->block_count + 1) * PAGE;
	autofree char *text = calloc(1, len);
	char got[8];

	store(a, fh, 2, text, len);
	assert_int_equal(handle_read(a, READ(fh, 4, 1, 8), got), -ENODATA);
	assert_int_equal(used_bits(a->blocks_used, BLOCKS_MAX / 64), 0);
}

#define IN_AREA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_AREA(layout_stays),
		IN_AREA(another_layout_is_refused),
		IN_AREA(nonsense_is_counted_anew),
		IN_AREA(a_new_area_takes_little_memory),
		IN_AREA(lock_outlives_its_owner),
		IN_AREA(handle_knows_its_container),
		IN_AREA(handle_keeps_a_mark),
		IN_AREA(release_twice_is_once),
		IN_AREA(text_is_served_in_pieces),
		IN_AREA(only_a_later_read_makes_a_new_text),
		IN_AREA(numbers_of_requests_need_not_grow),
		IN_AREA(a_text_may_be_empty),
		IN_AREA(a_flood_of_opens_hurts_nobody),
		IN_AREA(a_full_table_still_opens),
		IN_AREA(who_holds_most_loses_his_text),
		IN_AREA(too_long_a_text_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
