/* SPDX-License-Identifier: Apache-2.0 */
/* All that a reader of the mount can see of us and that must outlive a process:
 * one shared memory area.
 *
 * No pointer lies in it, only indices; every number in it may be looked at
 * after SIGKILL between any two instructions, and by another build that knows
 * the same layout. All zero is a valid, empty area. Nothing in it is touched
 * before it is used, so that the sparse file behind it costs what is in use. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "control.h"
#include "settings.h"
#include "state.h"

#define AREA_MAGIC  UINT64_C(0x7265737669657731)
#define AREA_LAYOUT 2

#define NODES_MAX      524288 /* names that exist: 200 of each of 2000 CPUs */
#define NODE_NAME      60
#define HANDLES_MAX    65536
#define HANDLE_LOCKS   64
#define BLOCKS_MIN     2048
#define BLOCKS_MAX     32768
#define CONTAINERS_MAX 4096

/* A name in a directory. Written once, then never changed or moved. */
struct node {
	uint32_t parent; /* index of the directory */
	char name[NODE_NAME];
};

/* An open file. Guarded by its lock in area.handle_locks. */
struct handle {
	_Alignas(64) uint64_t generation; /* odd: open; another one each time */
	uint64_t node;                    /* FUSE node id */
	uint64_t serial;         /* container chosen at open, and its mark */
	_Atomic uint64_t unique; /* READ that made the text; 0: no text, and
				  * then the two below mean nothing */
	uint64_t kh;             /* the kernel's poll handle; 0: nobody polls */
	uint32_t block;          /* first block of the text, + 1; 0: none */
	uint32_t len;            /* of the text */
	uint32_t threshold;      /* PSI trigger, us */
	uint32_t window;         /* us, and more in the top bits: psi_arm.c;
				  * 0: no trigger */
	uint64_t event;          /* of it: 0: none, 1: nobody has been told;
				  * else the POLL that was told last */
};

_Static_assert(sizeof(struct handle) == 64, "one cache line");

/* A piece of a text. Owned by the handle whose index + 1 is in `owner`. */
struct block {
	_Atomic uint32_t owner;     /* 0: not in a text (yet) */
	uint32_t next;              /* block of the same text, + 1; 0: last */
	_Atomic uint32_t container; /* whose share it counts for */
};

/* Who has a container slot: what is searched often, kept close together. */
struct tenant {
	_Atomic uint64_t serial; /* nodeid.h; 0: the slot is free */
	uint64_t dev;            /* cgroup_identity() */
	uint64_t ino;
	uint64_t paths; /* hash of the cgroup paths */
};

/* What one container holds of the common stock. */
struct share {
	_Atomic uint32_t handles;
	_Atomic uint32_t blocks;
	_Atomic uint32_t triggers;
};

struct area {
	uint64_t magic;
	uint32_t layout;
	uint32_t cpus;        /* the host's possible CPUs: sizes the states */
	uint32_t block_count; /* BLOCKS_MIN to BLOCKS_MAX, a multiple of 64 */
	uint64_t stride;      /* bytes from one container slot to the next */
	uint64_t born;        /* seconds since the epoch: all files' times */
	_Atomic uint64_t tenancies; /* containers so far: no serial twice */

	/* What the configuration said when it was last read: a worker that
	 * follows a crash goes on with it, whatever the file says by then. */
	struct settings settings;

	pthread_mutex_t attach_lock; /* held while a worker begins to serve */
	pthread_mutex_t nodes_lock;
	pthread_mutex_t containers_lock;
	pthread_mutex_t handle_locks[HANDLE_LOCKS];

	_Atomic uint32_t node_count;
	_Atomic uint32_t handle_hint;
	_Atomic uint32_t block_hint;
	_Atomic uint64_t handles_used[HANDLES_MAX / 64];
	_Atomic uint64_t blocks_used[BLOCKS_MAX / 64];
	struct tenant tenants[CONTAINERS_MAX];
	struct share shares[CONTAINERS_MAX];

	struct node nodes[NODES_MAX];
	struct handle handles[HANDLES_MAX];
	struct block blocks[BLOCKS_MAX];
	_Alignas(PAGE) char text[BLOCKS_MAX][PAGE];
	/* CONTAINERS_MAX slots (containers.h), then as many of DISKS_SIZE. */
	_Alignas(PAGE) char containers[];
};

/* Map the area FD. When it is empty, or its maker died over it, it is made: for
 * a host with CPUS possible CPUs, whose container slots take STRIDE bytes each.
 * Returns 0, -EPROTO when it is none, or of another layout, or -errno. */
int area_open(int fd, unsigned cpus, size_t stride, struct area **ret);
void area_close(struct area *a);

/* A mutex in the area survives its owner: whoever takes it next goes on. Data
 * under it is written so that any prefix of the writes is valid. */
void area_lock_init(pthread_mutex_t *lock);
void area_lock(pthread_mutex_t *lock);
void area_unlock(pthread_mutex_t *lock);

/* Make a lock that cannot be had anew; nobody else is there. */
void area_lock_mend(pthread_mutex_t *lock);

/* Take a free bit of MAP, WORDS words, looking from *HINT on; -1: none. */
long area_take_bit(_Atomic uint64_t *map, size_t words, _Atomic uint32_t *hint);

/* Give it back. */
void area_drop_bit(_Atomic uint64_t *map, size_t bit);
