/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that workers which died have left in their slots. */
#include "recover.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "catalog.h"
#include "containers.h"
#include "fs.h"
#include "handles.h"
#include "log.h"
#include "nodeid.h"
#include "service.h"
#include "slots.h"
#include "str.h"

/* Workers that may die of executing a request again; it killed one before. */
#define BLAME_MAX 2

/* What is to be said of a request once it is over. */
struct suspect {
	struct fuse_in_header in;
	uint64_t fh;   /* 0: it has none */
	char name[64]; /* that is looked for, as far as it goes */
};

static struct suspect suspect_of(const struct slot *slot)
{
	struct suspect s = {
		.in = *(const struct fuse_in_header *)(const void *)slot->in,
	};

	switch (s.in.opcode) {
	case FUSE_LOOKUP:
		(void)snprintf(s.name, sizeof(s.name), "/%.62s",
			       slot->in + sizeof(s.in));
		break;
	case FUSE_READ:
	case FUSE_WRITE:
	case FUSE_POLL:
	case FUSE_RELEASE: /* it comes first in all of these */
		memcpy(&s.fh, slot->in + sizeof(s.in), sizeof(s.fh));
		break;
	default:
		break;
	}

	return s;
}

/* The container that Q is about: by its path, or chosen when its file was
 * opened. 0: nobody knows any more, or yet. */
static uint64_t serial_of(const struct service *s, const struct suspect *q)
{
	uint64_t serial = node_serial(q->in.nodeid);

	if (serial == 0 && q->fh && handle_serial(s->area, q->fh, &serial) < 0)
		serial = 0;

	return serial;
}

/* Q came from the kernel: the node is one that we have handed out, or it is
 * not found. */
static void complain(const struct recovery *r, const struct suspect *q,
		     bool poison)
{
	const struct service *s = r->thread->service;
	uint64_t serial = serial_of(s, q);
	autostr struct str path = { 0 };
	char name[RECORD_ID_MAX + 1] = "(by caller)";

	if (serial)
		containers_name(s->containers, serial, name, sizeof(name));
	(void)catalog_path(s->catalog, q->in.nodeid, &path);
	log_line(poison ? LOG_ERR : LOG_WARNING,
		 "container %s: request %u of pid %u for /%s%s %s", name,
		 q->in.opcode, q->in.pid, str_text(&path), q->name,
		 poison ? "has ended three workers; it is answered with EIO"
			: "was in the hands of a worker that hung or died of "
			  "it; it is answered now");
}

static bool suspicious(const struct slot *slot)
{
	return slot_request(slot) &&
	       (atomic_load(&slot->blame) || atomic_load(&slot->hung));
}

static void execute(struct recovery *r, struct slot *slot)
{
	const struct suspect q = suspect_of(slot);
	size_t len = slot_request(slot);
	bool suspect = suspicious(slot);
	/* Nobody is to blame for a request that is over. */
	bool poison = len && atomic_load(&slot->blame) >= BLAME_MAX;

	if (len)
		slot_populate(slot);
	if (poison) {
		slot_refuse(slot, r->fuse, EIO);
		atomic_fetch_add(&r->control->poisoned, 1);
	} else if (len) {
		atomic_fetch_add(&slot->blame, 1);
		r->thread->slot = slot;
		r->thread->again = true;
		r->thread->taken = clock_ns(CLOCK_MONOTONIC);
		session_execute(r->session, r->thread, len);
	}

	slot_release(slot);
	/* Last: what ended the others may end us in here, and shall not end
	 * those who follow. */
	if (suspect)
		complain(r, &q, poison);
}

/* Make slot INDEX ours, if it is a dead worker's. */
static bool take_over(const struct recovery *r, unsigned index)
{
	struct slot *slot = &r->control->slots[index];
	uint32_t owner = atomic_load(&slot->owner);

	return owner && owner != r->generation &&
	       !control_lives(r->control, owner) &&
	       atomic_compare_exchange_strong(&slot->owner, &owner,
					      r->generation);
}

void recover(struct recovery *r)
{
	for (unsigned i = 0; i < SLOTS_MAX; i++) {
		struct slot *slot = &r->control->slots[i];

		if (!take_over(r, i))
			continue;
		if (suspicious(slot))
			r->kept[i] = true;
		else
			execute(r, slot);
	}
}

void recover_all(struct recovery *r)
{
	recover(r);
	for (unsigned i = 0; i < SLOTS_MAX; i++) {
		if (!r->kept[i])
			continue;
		r->kept[i] = false;
		execute(r, &r->control->slots[i]);
	}
}
