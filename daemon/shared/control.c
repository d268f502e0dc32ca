/* SPDX-License-Identifier: Apache-2.0 */
/* What the supervisor and its workers share of one FUSE connection. */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"

/* struct fuse_in_header: u32 len, u32 opcode, u64 unique, u64 nodeid, u32 uid,
 * u32 gid, u32 pid. */
#define UNIQUE_AT 8
#define PID_AT    32

/* Whoever has the fd could else shrink the memory under all others. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static uint32_t generation_of(uint64_t life)
{
	return (uint32_t)(life >> 32);
}

int control_create(dev_t dev)
{
	autoclose int fd = memfd_create("resview-control",
					MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct control *c;

	if (fd < 0 || ftruncate(fd, sizeof(*c)) < 0 ||
	    fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return -errno;

	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (c == MAP_FAILED)
		return -errno;

	c->version = CONTROL_VERSION;
	c->dev = dev;
	c->magic = CONTROL_MAGIC;
	munmap(c, sizeof(*c));
	return take_fd(&fd);
}

int control_map(int fd, struct control **ret)
{
	int seals = fcntl(fd, F_GET_SEALS); /* -1: it cannot be sealed */
	struct stat st;
	struct control *c;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((size_t)st.st_size < sizeof(*c) || seals < 0 ||
	    (seals & SEALS) != SEALS)
		return -EPROTO;

	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (c == MAP_FAILED)
		return -errno;
	if (c->magic != CONTROL_MAGIC || c->version != CONTROL_VERSION) {
		munmap(c, sizeof(*c));
		return -EPROTO;
	}

	*ret = c;
	return 0;
}

void control_unmap(struct control *c)
{
	if (c)
		munmap(c, sizeof(*c));
}

uint32_t control_expect(struct control *c)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		uint32_t generation;

		if (atomic_load(&c->lives[i]))
			continue;
		generation = atomic_fetch_add(&c->generations, 1) + 1;
		atomic_store(&c->lives[i], (uint64_t)generation << 32);
		return generation;
	}

	return 0;
}

void control_bury(struct control *c, uint32_t generation)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (generation_of(atomic_load(&c->lives[i])) == generation)
			atomic_store(&c->lives[i], 0);
}

bool control_revoke(struct control *c, uint32_t generation)
{
	uint64_t life = (uint64_t)generation << 32;

	for (int i = 0; i < LIVES_MAX; i++)
		if (generation_of(atomic_load(&c->lives[i])) == generation)
			return atomic_compare_exchange_strong(&c->lives[i],
							      &life, 0);

	return true;
}

bool control_join(struct control *c, uint32_t generation, pid_t pid,
		  uint64_t start_ticks)
{
	uint64_t life = (uint64_t)generation << 32;

	for (int i = 0; i < LIVES_MAX; i++) {
		if (atomic_load(&c->lives[i]) != life)
			continue;
		atomic_store(&c->start_ticks[i], start_ticks);
		return atomic_compare_exchange_strong(&c->lives[i], &life,
						      life | (uint32_t)pid);
	}

	return false;
}

bool control_lives(const struct control *c, uint32_t generation)
{
	for (int i = 0; i < LIVES_MAX; i++)
		if (generation_of(atomic_load(&c->lives[i])) == generation)
			return true;

	return false;
}

bool control_alone(const struct control *c, uint32_t generation)
{
	for (int i = 0; i < LIVES_MAX; i++) {
		uint64_t life = atomic_load(&c->lives[i]);

		if (life && generation_of(life) != generation)
			return false;
	}

	return true;
}

uint64_t control_busy(const struct control *c, unsigned index)
{
	const char *in = c->slots[index].in;
	uint32_t len = __atomic_load_n((const uint32_t *)(const void *)in,
				       __ATOMIC_ACQUIRE);

	return len ? __atomic_load_n(
			     (const uint64_t *)(const void *)(in + UNIQUE_AT),
			     __ATOMIC_RELAXED)
		   : 0;
}

uint32_t control_caller(const struct control *c, unsigned index)
{
	const char *in = c->slots[index].in;

	return __atomic_load_n((const uint32_t *)(const void *)(in + PID_AT),
			       __ATOMIC_RELAXED);
}
