/* SPDX-License-Identifier: Apache-2.0 */
/* Keep one connection served, whatever happens to the workers.
 *
 * It never reads or polls the connection, and looks at nothing of a request but
 * its number. One thread, one poll(2); nothing in its loop waits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "connection.h"
#include "handed.h"
#include "notify.h"
#include "probe.h"
#include "remount.h"
#include "spawn.h"
#include "store.h"
#include "watch.h"
#include "workers.h"

struct manager;

struct supervisor {
	/* The caller's, and set by it. */
	const struct manager *manager;
	struct spawn spawn;
	int run_dir;
	int proc; /* the host's procfs */
	struct connection connection;

	struct handed handed;
	struct control *control;
	struct notify notify;
	struct store store;
	struct workers workers;
	struct watch watch;
	struct probe probe;
	struct remount remount;
	int signals;
	bool adopted;
	bool proven;    /* a read through the mount has succeeded */
	bool failing;   /* the last has not */
	bool reloading; /* as the service manager knows */
	bool ending;
	unsigned waiting; /* ticks for the answer of the probe */
	pid_t asked;      /* the worker that should have given it */
	unsigned ticks;   /* since it was last asked */
	uint64_t tick_ns; /* the next */
	uint64_t end_ns;  /* when ending ends, whoever is left */
	int result;
};

#define SUPERVISOR_INIT                                                        \
	{                                                                      \
		.spawn = { .log = -1 }, .run_dir = -1, .proc = -1,             \
		.handed = HANDED_NONE, .notify = NOTIFY_NONE,                  \
		.store = STORE_NONE, .signals = -1                             \
	}

/* Take the connection over from who had it before, or mount a new one. Says
 * what went wrong. Returns 0 or -errno. */
int supervisor_open(struct supervisor *s);

/* Serve until a read through the mount has succeeded. Returns 0, -ECHILD when
 * no worker can start, or -errno; what went wrong is said, by the worker or
 * here. */
int supervisor_prove(struct supervisor *s);

/* Serve until SIGTERM or SIGINT, or until the connection ends. */
int supervisor_serve(struct supervisor *s);

/* End all workers. Without a store that keeps it, the mount ends too. Also
 * after one of the above has failed. */
void supervisor_close(struct supervisor *s);
