/* SPDX-License-Identifier: Apache-2.0 */
/* What the supervisor and its workers share of one FUSE connection: who lives,
 * and the requests in their hands. It is a memfd of its own, and its layout is
 * frozen, so that any worker can take over from any other: what is added lies
 * where there was nothing before, up to the next page (tests/unit/test_area.c).
 *
 * All zero but for magic and version is a valid, new one. Every number in it
 * may be looked at after SIGKILL between any two instructions. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CONTROL_MAGIC   UINT64_C(0x7265737669657763)
#define CONTROL_VERSION 1

#define PAGE 4096

#define SLOTS_MAX 32
#define SLOT_IN   16384 /* >= FUSE_MIN_READ_BUFFER, 80 + max_write */
#define SLOT_OUT  16384
#define INIT_MAX  256
#define LIVES_MAX 4

#define COUNT_BUCKETS 11
#define COUNT_ROWS    36
#define COUNT_OPS     8
#define COUNT_EVENTS  8

/* What one slot's requests came to; counters.h says what each number is. A slot
 * is one thread's at any time: nobody else writes there. */
struct counts {
	struct count_row {
		_Atomic uint64_t buckets[COUNT_BUCKETS];
		_Atomic uint64_t ns;
		_Atomic uint64_t errors;
	} rows[COUNT_ROWS];
	struct count_op {
		_Atomic uint64_t count;
		_Atomic uint64_t errors;
		_Atomic uint64_t ns;
	} ops[COUNT_OPS];
	_Atomic uint64_t events[COUNT_EVENTS];
};

/* What becomes of workers. Numbers are appended, never changed. */
enum worker_event {
	WORKERS_CRASHED,
	WORKERS_HUNG,
	WORKERS_RELOADED,
	WORKERS_REFUSED, /* they were to follow, and could not */
	WORKER_EVENTS = 8,
};

/* A request that a thread is working on. The content is the mark: the first
 * word of `in` is the request's length, zeroed before every read(2), because
 * a thread that is killed in there may have taken a request off the queue and
 * never have run again. */
struct slot {
	_Atomic uint32_t owner; /* generation of the worker; 0: free */
	_Atomic uint32_t blame; /* workers that died executing it again */
	_Atomic uint32_t hung;  /* 1: its worker was killed for being stuck */
	_Atomic uint64_t fh;    /* what its OPEN has allocated so far */
	_Alignas(64) struct counts counts;
	_Alignas(PAGE) char in[SLOT_IN];   /* struct fuse_in_header, ... */
	_Alignas(PAGE) char out[SLOT_OUT]; /* the reply */
};

struct control {
	uint64_t magic;
	uint32_t version;
	_Atomic uint32_t generations; /* workers so far; the first is 1 */
	uint64_t dev;                 /* of the mounted file system */

	/* The connection's INIT, for a successor to replay. */
	_Atomic uint32_t init_request_len;
	_Atomic uint32_t init_reply_len;
	char init_request[INIT_MAX];
	char init_reply[INIT_MAX];

	/* Workers that may touch the slots: generation << 32 | pid, where pid
	 * is 0 until the process has joined. 0: a free entry. */
	_Atomic uint64_t lives[LIVES_MAX];
	_Atomic uint64_t start_ticks[LIVES_MAX]; /* when each was started */

	/* Whose the rows of all counts are; 0: nobody's yet. */
	_Atomic uint64_t count_keys[COUNT_ROWS];
	_Atomic uint64_t poisoned; /* requests that ended three workers */
	_Atomic uint64_t worker_events[WORKER_EVENTS];

	_Alignas(PAGE) struct slot slots[SLOTS_MAX];
};

/* The fds that a worker is started with. */
enum handover {
	HANDOVER_FUSE = 3,
	HANDOVER_CONTROL,
	HANDOVER_AREA,   /* a memfd, empty in the first life */
	HANDOVER_REPORT, /* write end of a pipe: one byte once it serves, and
			  * end of file when all its threads are gone */
	HANDOVER_END,
};

/* How a worker ends by itself; everything else is a crash. */
enum worker_exit {
	WORKER_DRAINED = 0, /* it was told to, and has nothing in hand */
	WORKER_GONE = 3,    /* the connection has ended: unmounted */
	WORKER_REFUSED = 4, /* it cannot serve, and has said why */
};

/* A new one, for a mount of device DEV. Returns the fd of the memory or
 * -errno. */
int control_create(dev_t dev);

/* Map FD. Returns 0, -EPROTO when it is no control memory, one that somebody
 * could shrink, or of a version that we do not know, or -errno. */
int control_map(int fd, struct control **ret);
void control_unmap(struct control *c);

/* Supervisor: register the next generation, before its process is there.
 * Returns the generation, or 0 when LIVES_MAX are registered. */
uint32_t control_expect(struct control *c);

/* Supervisor: GENERATION is dead, or must not begin. Until this is said nobody
 * touches its slots. */
void control_bury(struct control *c, uint32_t generation);

/* Supervisor: the same, unless its process has already joined; then false. */
bool control_revoke(struct control *c, uint32_t generation);

/* Worker: we are GENERATION, and touch nothing before this is true. */
bool control_join(struct control *c, uint32_t generation, pid_t pid,
		  uint64_t start_ticks);

/* Is GENERATION registered? */
bool control_lives(const struct control *c, uint32_t generation);

/* Is nobody registered but GENERATION? */
bool control_alone(const struct control *c, uint32_t generation);

/* The number of the request in slot INDEX, 0 when there is none; and who has
 * sent it. */
uint64_t control_busy(const struct control *c, unsigned index);
uint32_t control_caller(const struct control *c, unsigned index);
