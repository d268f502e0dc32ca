/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of the requests. */
#include "counters.h"

#include <linux/fuse.h>
#include <string.h>

#include "base.h"
#include "catalog.h"
#include "service.h"
#include "view.h"

#define REST 0 /* the row of what no view stands for */

static const uint64_t ends[COUNT_BUCKETS] = {
	10000,   20000,    50000,     100000,     200000,     500000,
	1000000, 10000000, 100000000, 1000000000, UINT64_MAX,
};

/* The row of KEY, taken if it has none yet. */
static unsigned char row_of(struct control *control, uint64_t key)
{
	for (unsigned char i = REST + 1; i < COUNT_ROWS; i++) {
		uint64_t whose = 0;

		if (atomic_compare_exchange_strong(&control->count_keys[i],
						   &whose, key) ||
		    whose == key)
			return i;
	}

	return REST;
}

void counters_open(struct counters *c, struct control *control)
{
	size_t n;
	const struct view *views = views_all(&n);

	memset(c, 0, sizeof(*c));
	c->control = control;
	for (size_t i = 0; i < n && i < COUNTED_VIEWS; i++)
		c->row[i] = row_of(control, hash_text(views[i].path));
}

static unsigned char row_of_view(const struct counters *c,
				 const struct view *view)
{
	size_t n;
	const struct view *views = views_all(&n);
	size_t i = view ? (size_t)(view - views) : n;

	return i < n && i < COUNTED_VIEWS ? c->row[i] : REST;
}

static enum counted_op op_of(uint32_t opcode)
{
	static const struct {
		uint32_t opcode;
		enum counted_op op;
	} table[] = {
		{ FUSE_READ, OP_READ },           { FUSE_OPEN, OP_OPEN },
		{ FUSE_RELEASE, OP_RELEASE },     { FUSE_LOOKUP, OP_LOOKUP },
		{ FUSE_GETATTR, OP_GETATTR },     { FUSE_READDIR, OP_READDIR },
		{ FUSE_READDIRPLUS, OP_READDIR }, { FUSE_POLL, OP_POLL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].opcode == opcode)
			return table[i].op;

	return OP_OTHER;
}

/* By the slot's own thread: nobody writes in between. */
static void add(_Atomic uint64_t *at, uint64_t n)
{
	uint64_t old = atomic_load_explicit(at, memory_order_relaxed);

	atomic_store_explicit(at, old + n, memory_order_relaxed);
}

uint64_t counters_bucket(size_t i)
{
	return ends[i];
}

static size_t bucket_of(uint64_t ns)
{
	size_t i = 0;

	while (ns > ends[i])
		i++;

	return i;
}

static void add_read(struct count_row *row, const struct answered *a)
{
	add(&row->buckets[bucket_of(a->ns)], 1);
	add(&row->ns, a->ns);
	if (a->error)
		add(&row->errors, 1);
}

void counters_answered(const struct counters *c, struct slot *slot,
		       const struct answered *a)
{
	struct count_op *op = &slot->counts.ops[op_of(a->opcode)];

	if (a->opcode == FUSE_READ)
		add_read(&slot->counts.rows[row_of_view(c, a->view)], a);
	add(&op->count, 1);
	add(&op->ns, a->ns);
	if (a->error)
		add(&op->errors, 1);
}

/* What libfuse does not answer at all (FORGET) has no error. */
void count_request(const struct thread *t, const struct fuse_in_header *in)
{
	const struct service *s = t->service;
	const struct fuse_out_header *out = (const void *)t->slot->out;
	const struct answered a = {
		.opcode = in->opcode,
		.view = in->opcode == FUSE_READ
				? catalog_view(s->catalog, in->nodeid, NULL)
				: NULL,
		.ns = clock_ns(CLOCK_MONOTONIC) - t->taken,
		.error = out->unique == in->unique ? -out->error : 0,
	};

	counters_answered(&s->counters, t->slot, &a);
}

void counters_event(struct slot *slot, enum counted_event e)
{
	add(&slot->counts.events[e], 1);
}

static uint64_t get(const _Atomic uint64_t *at)
{
	return atomic_load_explicit(at, memory_order_relaxed);
}

static void sum_row(const struct counters *c, unsigned char row,
		    struct count_sum *ret)
{
	*ret = (struct count_sum){ 0 };
	for (int s = 0; c->control && s < SLOTS_MAX; s++) {
		const struct count_row *r =
			&c->control->slots[s].counts.rows[row];

		for (int i = 0; i < COUNT_BUCKETS; i++)
			ret->buckets[i] += get(&r->buckets[i]);
		ret->ns += get(&r->ns);
		ret->errors += get(&r->errors);
	}
	for (int i = 0; i < COUNT_BUCKETS; i++)
		ret->count += ret->buckets[i];
}

void counters_sum_row(const struct counters *c, size_t view,
		      struct count_sum *ret)
{
	size_t n;
	const struct view *views = views_all(&n);
	unsigned char row = row_of_view(c, &views[view]);

	*ret = (struct count_sum){ 0 };
	if (row != REST)
		sum_row(c, row, ret);
}

void counters_sum_rest(const struct counters *c, struct count_sum *ret)
{
	sum_row(c, REST, ret);
}

void counters_sum_op(const struct counters *c, enum counted_op op,
		     struct count_sum *ret)
{
	*ret = (struct count_sum){ 0 };
	for (int s = 0; c->control && s < SLOTS_MAX; s++) {
		const struct count_op *o = &c->control->slots[s].counts.ops[op];

		ret->count += get(&o->count);
		ret->errors += get(&o->errors);
		ret->ns += get(&o->ns);
	}
}

uint64_t counters_sum_event(const struct counters *c, enum counted_event e)
{
	uint64_t sum = 0;

	for (int s = 0; c->control && s < SLOTS_MAX; s++)
		sum += get(&c->control->slots[s].counts.events[e]);

	return sum;
}
