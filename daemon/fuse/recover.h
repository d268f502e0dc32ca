/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that workers which died have left in their slots.
 *
 * Each is executed again; one that had been answered gets ENOENT from the
 * kernel, which is harmless. Executing is idempotent: handles.h, nodes.h,
 * psi.h. A request that was being executed again when its worker died is
 * blamed: the third worker to die of it was the last, it is answered with EIO.
 * One that is under suspicion waits until the others are served. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "control.h"

struct session;
struct thread;

struct recovery {
	struct session *session;
	struct thread *thread; /* to execute with; its slot is set here */
	struct control *control;
	int fuse;
	uint32_t generation;  /* ours */
	bool kept[SLOTS_MAX]; /* slots under suspicion that we hold */
};

/* Take over the slots of the dead, and execute what nobody is suspicious of. */
void recover(struct recovery *r);

/* The same, and then also those under suspicion. It may be our end. */
void recover_all(struct recovery *r);
