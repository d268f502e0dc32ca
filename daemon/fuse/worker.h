/* SPDX-License-Identifier: Apache-2.0 */
/* Serve one connection from one shared area, after others and for others to
 * follow: a worker may end at any instruction. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "settings.h"

struct area;
struct control;
struct host;
struct worker;

/* Map the area whose memory is FD, which is made if it is empty, fit for HOST.
 * Returns 0, -EPROTO when it has another layout, or -errno. */
int worker_area(int fd, struct host *host, struct area **ret);

/* All of it stays the caller's, but for FUSE. */
struct worker_config {
	int fuse; /* the connection */
	struct control *control;
	uint32_t generation; /* ours; it has joined */
	struct area *area;
	struct host *host;
	int registry; /* directory of the records */
	int triggers; /* top of cgroup v2, to be written below; or -1 */
	int remounts; /* remounts_open(), or -1 */
	size_t fds;   /* that may be spent on cgroups */
	struct settings settings;
};

/* All that needs rights which are given up before the first request. Returns 0
 * or -errno. */
int worker_open(const struct worker_config *config, struct worker **ret);

/* Answer what the dead have left, and serve. Threads are started here. When the
 * connection ends by itself, the process gets a SIGTERM from itself. Returns 0
 * or -errno. */
int worker_start(struct worker *w);

/* Another worker has died: look after its requests. */
void worker_poke(struct worker *w);

/* Finish what is in hand, join all threads, and free. */
void worker_close(struct worker *w);
