/* SPDX-License-Identifier: Apache-2.0 */
/* The shared memory area: made, mapped, locked. */
#include "area.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "base.h"

static size_t size_of(size_t stride)
{
	return sizeof(struct area) + CONTAINERS_MAX * (stride + DISKS_SIZE);
}

void area_lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
}

void area_lock(pthread_mutex_t *lock)
{
	if (pthread_mutex_lock(lock) == EOWNERDEAD)
		pthread_mutex_consistent(lock);
}

void area_unlock(pthread_mutex_t *lock)
{
	pthread_mutex_unlock(lock);
}

/* The kernel unlocks what a dead thread held, before anybody hears of its
 * death. What is locked nevertheless is broken, and would end every worker that
 * waits for it. */
void area_lock_mend(pthread_mutex_t *lock)
{
	int r = pthread_mutex_trylock(lock);

	if (r == EOWNERDEAD)
		r = pthread_mutex_consistent(lock);
	if (r == 0)
		pthread_mutex_unlock(lock);
	else
		area_lock_init(lock);
}

/* A whole /proc/cpuinfo is a third of a block for each CPU: some dozens of
 * readers must be able to read it in parts at once. */
static uint32_t blocks_for(unsigned cpus)
{
	return (uint32_t)min_u64(max_u64(UINT64_C(64) * cpus, BLOCKS_MIN),
				 BLOCKS_MAX);
}

static void fill(struct area *a, unsigned cpus, size_t stride)
{
	a->layout = AREA_LAYOUT;
	a->cpus = cpus;
	a->block_count = blocks_for(cpus);
	a->stride = stride;
	a->born = (uint64_t)time(NULL);
	area_lock_init(&a->attach_lock);
	area_lock_init(&a->nodes_lock);
	area_lock_init(&a->containers_lock);
	for (size_t i = 0; i < HANDLE_LOCKS; i++)
		area_lock_init(&a->handle_locks[i]);
	__atomic_store_n(&a->magic, AREA_MAGIC, __ATOMIC_RELEASE);
}

static bool fits(const struct area *a, unsigned cpus, size_t stride)
{
	return a->magic == AREA_MAGIC && a->layout == AREA_LAYOUT &&
	       a->cpus == cpus && a->stride == stride;
}

int area_open(int fd, unsigned cpus, size_t stride, struct area **ret)
{
	const size_t size = size_of(stride);
	struct stat st;
	struct area *a;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size == 0 && ftruncate(fd, (off_t)size) < 0)
		return -errno;
	if (st.st_size && (size_t)st.st_size != size)
		return -EPROTO;

	/* Nobody can take it from under us; before Linux 3.17 nobody does. */
	(void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	a = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (a == MAP_FAILED)
		return -errno;
	if (a->magic == 0)
		fill(a, cpus, stride);
	if (!fits(a, cpus, stride)) {
		munmap(a, size);
		return -EPROTO;
	}
	/* Another build may count otherwise; nobody can count like that. */
	if (a->block_count < BLOCKS_MIN || a->block_count > BLOCKS_MAX ||
	    a->block_count % 64)
		a->block_count = blocks_for(cpus);

	*ret = a;
	return 0;
}

void area_close(struct area *a)
{
	if (a)
		munmap(a, size_of(a->stride));
}

/* Take the lowest free bit of one word; -1: it is full. */
static int take_from(_Atomic uint64_t *word)
{
	uint64_t old = atomic_load_explicit(word, memory_order_relaxed);

	while (old != UINT64_MAX) {
		int bit = __builtin_ctzll(~old);

		if (atomic_compare_exchange_weak(word, &old,
						 old | UINT64_C(1) << bit))
			return bit;
	}

	return -1;
}

long area_take_bit(_Atomic uint64_t *map, size_t words, _Atomic uint32_t *hint)
{
	size_t start = atomic_load_explicit(hint, memory_order_relaxed);

	for (size_t i = 0; i < words; i++) {
		size_t at = (start + i) % words;
		int bit = take_from(&map[at]);

		if (bit < 0)
			continue;
		if (i)
			atomic_store_explicit(hint, (uint32_t)at,
					      memory_order_relaxed);
		return (long)(at * 64) + bit;
	}

	return -1;
}

void area_drop_bit(_Atomic uint64_t *map, size_t bit)
{
	atomic_fetch_and(&map[bit / 64], ~(UINT64_C(1) << (bit % 64)));
}
