/* SPDX-License-Identifier: Apache-2.0 */
/* The hook's work: from the state on stdin to mounted views. */
#pragma once

#include <stdbool.h>

#include "registry.h"

struct options;
struct str;

/* What is known outside of the process that works, should it have to be
 * killed; in memory that both share. */
struct progress {
	char id[RECORD_ID_MAX + 1]; /* "" until the state is read */
	const char *doing;          /* a literal: "state on stdin" */
	bool stopped;               /* the container: poststop */
	bool recorded;              /* by this run, or about to be */
	bool waiting;   /* for the daemon: what fails is not the container's
			 * doing, and can be made up for */
	bool attaching; /* mounts may have been made */
};

/* Runs in a process of its own, which it leaves in the container's mount
 * namespace. Lines go to stderr. Returns 0, or -errno when this container does
 * not have the views it should have. */
int hook_run(const struct options *o, struct progress *p);

/* After hook_run() was killed: take back what it cannot. */
void hook_undo(const struct options *o, const struct progress *p);

/* Append the one line about it: "container ID: DOING<WHAT>: WHY; <what happens
 * now>". */
void hook_failure(const struct options *o, const struct progress *p,
		  const char *what, const char *why, struct str *out);
