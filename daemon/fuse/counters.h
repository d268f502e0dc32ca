/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of the requests: in the slots (control.h), so that it goes on
 * whoever serves, and nobody waits for anybody to count. A slot's numbers are
 * written by the one thread that has it; a total is the sum of all slots. No
 * number ever goes back; one that a dead worker left half counted may be short
 * of one request, or have one twice. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "control.h"

struct fuse_in_header;
struct slot;
struct thread;
struct view;

/* Views that a build may have; those beyond count for row 0. */
#define COUNTED_VIEWS 128

struct counters {
	struct control *control; /* NULL: none */
	unsigned char row[COUNTED_VIEWS];
};

/* Numbers are appended, never changed. */
enum counted_op {
	OP_READ,
	OP_OPEN,
	OP_RELEASE,
	OP_LOOKUP,
	OP_GETATTR,
	OP_READDIR,
	OP_POLL,
	OP_OTHER,
	OPS,
};

enum counted_event {
	EVENT_BARE_OPEN,       /* handles.h: without an entry */
	EVENT_TEXT_DROPPED,    /* rendered, but no room to keep it */
	EVENT_TRIGGER_REFUSED, /* EMFILE, ENOMEM */
	EVENT_GATHER_FAILED,   /* figures of before were served, or none */
	EVENTS,
};

_Static_assert(OPS <= COUNT_OPS && EVENTS <= COUNT_EVENTS, "they fit");

/* A request that was answered. */
struct answered {
	uint32_t opcode;         /* FUSE_READ */
	const struct view *view; /* of a READ; NULL: none */
	uint64_t ns;             /* from taking it to its answer */
	int error;               /* an errno; 0: none */
};

/* Which row is whose: a view keeps its row, whatever build serves. */
void counters_open(struct counters *c, struct control *control);

/* T has answered IN, which lay in its slot. */
void count_request(const struct thread *t, const struct fuse_in_header *in);

void counters_answered(const struct counters *c, struct slot *slot,
		       const struct answered *a);
void counters_event(struct slot *slot, enum counted_event e);

/* The upper end of bucket I in ns; UINT64_MAX for the last. */
uint64_t counters_bucket(size_t i);

/* Sums over all slots. */
struct count_sum {
	uint64_t buckets[COUNT_BUCKETS];
	uint64_t count; /* of all buckets */
	uint64_t ns;
	uint64_t errors;
};
void counters_sum_row(const struct counters *c, size_t view,
		      struct count_sum *ret);
void counters_sum_rest(const struct counters *c, struct count_sum *ret);
void counters_sum_op(const struct counters *c, enum counted_op op,
		     struct count_sum *ret);
uint64_t counters_sum_event(const struct counters *c, enum counted_event e);
