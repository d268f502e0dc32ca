/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that workers which died have left in their slots. */
#include "recover.h"

#include <errno.h>
#include <linux/fuse.h>

#include "base.h"
#include "containers.h"
#include "fs.h"
#include "log.h"
#include "nodeid.h"
#include "service.h"
#include "slots.h"
#include "str.h"
#include "tree.h"

/* Workers that may die of executing a request again; it killed one before. */
#define BLAME_MAX 2

/* IN came from the kernel: the node is one that we have handed out, or it is
 * not found. */
static void complain(const struct recovery *r, const struct fuse_in_header *in)
{
	const struct service *s = r->thread->service;
	autostr struct str path = { 0 };
	char name[RECORD_ID_MAX + 1] = "(by caller)";

	if (node_serial(in->nodeid))
		containers_name(s->containers, node_serial(in->nodeid), name,
				sizeof(name));
	(void)tree_path(s->tree, in->nodeid, &path);
	log_line(LOG_ERR,
		 "container %s: request %u of pid %u for /%s has ended three "
		 "workers; it is answered with EIO",
		 name, in->opcode, in->pid, str_text(&path));
}

static void execute(struct recovery *r, struct slot *slot)
{
	const struct fuse_in_header in =
		*(const struct fuse_in_header *)(const void *)slot->in;
	size_t len = slot_request(slot);
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
	if (poison)
		complain(r, &in);
}

static bool suspicious(const struct slot *slot)
{
	return slot_request(slot) &&
	       (atomic_load(&slot->blame) || atomic_load(&slot->hung));
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
