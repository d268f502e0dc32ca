/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of cputime_step() share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

struct cputime_reading;

/* A CPU that this step advances: it is shown now, or was at the last step. */
struct cpu_slot {
	unsigned id;
	bool shown;
	struct cputime_cpu *cpu;
	uint64_t room; /* us of this step not yet given away */
};

struct step {
	struct cputime_cpu *cpu; /* the copy that is written, */
	unsigned cpus;           /* so many of them, */
	struct cputime_totals *totals;
	struct cpu_slot *slots;
	unsigned n;
	unsigned n_shown; /* of the slots */
	uint64_t room;    /* of all slots */
	bool first;
};

/* Fill the room of all slots. */
void cputime_share(struct step *s, const struct cputime_reading *r);
