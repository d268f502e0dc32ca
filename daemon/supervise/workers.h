/* SPDX-License-Identifier: Apache-2.0 */
/* The workers: always one that serves, two while they change over. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control.h"
#include "life.h"

struct handed;
struct pollfd;
struct spawn;

/* Why there will be none any more. */
enum workers_end {
	WORKERS_GO_ON,
	WORKERS_GONE, /* the connection has ended */
	WORKERS_FAIL, /* not even the first can start; it is said why */
};

struct workers {
	/* The caller's, and set by it. */
	const struct spawn *spawn;
	const struct handed *handed;
	struct control *control;
	int run_dir;
	int proc;

	struct life lives[LIVES_MAX];
	enum workers_end end;
	bool reload;    /* wanted: a new one, from disk, configured anew */
	bool reloading; /* going on */
	bool configure; /* so is the next, for none has been */
	bool served;    /* there was one that did: never give up */
	bool ending;
	int binary; /* of the last that served; -1: none yet */
	unsigned debt;
	unsigned failures; /* starts in a row */
	uint64_t next_ns;  /* when the next may start */
};

#define WORKERS_POLL_MAX LIVES_MAX

/* Another start has failed before there was a process, as -errno R says. */
void workers_failed(struct workers *w, int r, uint64_t now_ns);

/* Before the first step. Those that live already, of a connection that was
 * adopted, are taken over, to serve until a new one does. PROGRAM is what has
 * served it if none lives, or -1. */
void workers_init(struct workers *w, bool adopted, int program);

/* PID, a child, has ended with STATUS. */
void workers_reaped(struct workers *w, pid_t pid, int status);

/* Do what is to be done by now. */
void workers_step(struct workers *w, uint64_t now_ns);

/* What workers_step() wants to hear of. Returns how many. */
unsigned workers_poll(const struct workers *w, struct pollfd *ret);

/* When it has to be called at the latest; UINT64_MAX: no such time. */
uint64_t workers_due(const struct workers *w, uint64_t now_ns);

/* Somebody serves; its pid, or 0. */
pid_t workers_serving(const struct workers *w);

/* The living worker GENERATION that is counted on, or NULL. */
struct life *workers_find(struct workers *w, uint32_t generation);

/* L does not work as it must, TEXT says how ("hangs in a request"): end it. */
void workers_replace(struct workers *w, struct life *l, const char *text,
		     uint64_t now_ns);

/* All shall end; workers_step() kills those that do not. */
void workers_finish(struct workers *w, uint64_t now_ns);

/* Is there still one? */
bool workers_left(const struct workers *w);
