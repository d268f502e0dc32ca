/* SPDX-License-Identifier: Apache-2.0 */
/* The few words every file may use. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NSEC_PER_SEC 1000000000ULL

/* Ownership ends with the scope: an autoclose fd is closed on every return. */
#define autofree  __attribute__((cleanup(free_at)))
#define autoclose __attribute__((cleanup(close_at)))

static inline void free_at(void *p)
{
	free(*(void **)p);
}

/* Never retry close(): Linux has released the fd even when it says EINTR. */
static inline void close_at(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Hand an fd to the caller; the cleanup then finds nothing to close. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Hand a pointer to the caller; the cleanup then finds nothing to free. */
static inline void *take_pointer(void *p)
{
	void **at = p;
	void *taken = *at;

	*at = NULL;
	return taken;
}

/* a - b, but 0 where counters raced and b is already ahead of a. */
static inline uint64_t sub_floor(uint64_t a, uint64_t b)
{
	return b < a ? a - b : 0;
}

/* a + b, but UINT64_MAX where the sum does not fit. */
static inline uint64_t add_cap(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* a * b, but UINT64_MAX where the product does not fit. */
static inline uint64_t mul_cap(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* a * b / c on 128 bits, capped at UINT64_MAX; 0 when c is 0. */
static inline uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c)
{
	unsigned __int128 q;
	uint64_t product;

	if (c == 0)
		return 0;
	if (!__builtin_mul_overflow(a, b, &product))
		return product / c; /* several times cheaper */

	q = (unsigned __int128)a * b / c;
	return q > UINT64_MAX ? UINT64_MAX : (uint64_t)q;
}

/* FNV-1a. */
static inline uint64_t hash_text(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);

	return h;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}
