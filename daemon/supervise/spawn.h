/* SPDX-License-Identifier: Apache-2.0 */
/* Start a worker. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct handed;

/* What all workers of ours have in common. */
struct spawn {
	const char *run_dir; /* absolute, as CONFIG */
	const char *config;  /* NULL: the default */
	bool no_swap;
	bool debug;
	int nice;           /* of a worker that serves */
	int log;            /* its stderr; -1: as ours */
	char dir[PATH_MAX]; /* where our own program is */
};

/* One of them. */
struct start {
	int binary;
	uint32_t generation;
	bool configure; /* it reads the configuration */
	const struct handed *handed;
};

/* It has been forked, and waits for spawn_go(). */
struct spawned {
	pid_t pid;
	int report; /* read end, does not block: see HANDOVER_REPORT */
	int gate;
};

/* Find out where our own program is. Returns 0 or -errno. */
int spawn_init(struct spawn *s);

/* The worker's program as it is now on disk: beside ours, or where it is
 * installed. Returns an fd for struct start, or -errno. */
int spawn_binary(const struct spawn *s);

/* Fork. Returns 0 or -errno. */
int spawn_fork(const struct spawn *s, const struct start *start,
	       struct spawned *ret);

/* Let it begin; without this it ends, also when we die before. */
void spawn_go(struct spawned *p);
