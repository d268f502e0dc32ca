/* SPDX-License-Identifier: Apache-2.0 */
/* Serve one connection from one shared area. */
#pragma once

#include "containers.h"

#define THREADS_MAX 16

struct worker;

struct worker_config {
	struct policy policy;
	unsigned threads; /* 1 to THREADS_MAX */
	int registry;     /* directory of the records; stays the caller's */
};

/* A new area, fit for HOST. Returns the fd of its memory or -errno. */
int worker_area(struct host *host);

/* Serve the connection FUSE from the area MEMORY; both stay the caller's, like
 * HOST. Threads are started here. When the connection ends by itself, the
 * process gets a SIGTERM. Returns 0 or -errno. */
int worker_start(int fuse, int memory, struct host *host,
		 const struct worker_config *config, struct worker **ret);

/* Join all threads, and free. */
void worker_stop(struct worker *w);
