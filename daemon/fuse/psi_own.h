/* SPDX-License-Identifier: Apache-2.0 */
/* psi.h from inside: only psi.c and psi_arm.c look in here. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "psi.h"

/* A trigger of this process. That there is one, its text, and what it has to
 * tell is in the handle, for other workers. */
struct armed {
	int fd; /* of the cgroup's pressure file; -1: free */
	uint64_t fh;
	bool gone; /* the cgroup is */
};

struct psi {
	struct area *area;
	struct containers *cs;
	int fuse;
	int epoll;
	int stop; /* eventfd */
	pthread_mutex_t lock;
	_Atomic unsigned count;
	struct armed armed[TRIGGERS_MAX];
};

/* Under the lock: FH's trigger of this process, or NULL. */
struct armed *psi_armed(struct psi *p, uint64_t fh);

void psi_disarm(struct psi *p, struct armed *e);

/* Without it: set trigger T for FH, if this process has none for it yet, and
 * note it in the handle. Returns as psi_write(). */
int psi_arm(struct psi *p, uint64_t fh, enum pressure file,
	    const struct trigger *t);

/* Likewise: set again what the handle says, if it says anything and there is
 * something to wait for. */
void psi_arm_noted(struct psi *p, uint64_t fh);
