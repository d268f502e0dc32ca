/* SPDX-License-Identifier: Apache-2.0 */
/* What all threads of a worker share, and what each has of its own. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "area.h"
#include "counters.h"
#include "snapshot.h"
#include "str.h"

struct callers;
struct containers;
struct host;
struct psi;
struct catalog;

struct service {
	struct area *area;
	struct host *host;
	struct containers *containers;
	struct callers *callers;
	struct catalog *catalog;
	struct psi *psi;
	struct counters counters;
	uint32_t generation;         /* of this worker */
	uint64_t started;            /* seconds since the epoch */
	int remounts;                /* include/remounts.h; -1: none */
	_Atomic uint64_t complained; /* ns: when the last line was logged */
};

/* A thread that serves. Its memory grows to the largest text and stays. */
struct thread {
	struct service *service;
	struct slot *slot;
	uint64_t taken; /* ns: when its request was taken off the queue */
	bool again;     /* it executes what the dead have left */
	struct snapshot snapshot;
	struct str text;
	char piece[SLOT_OUT]; /* of a kept text */
};
