/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the hook: what it holds, and the steps it takes. */
#pragma once

#include "attach.h"
#include "devices.h"
#include "machine.h"
#include "oci.h"
#include "registry.h"
#include "select.h"
#include "str.h"

struct options;
struct progress;

struct job {
	const struct options *options;
	struct progress *progress;

	struct oci_state state;
	struct oci_config config;
	struct selection selection;

	struct machine machine;
	struct target target;
	struct origin origin;
	struct devices devices;
	struct str rootfs; /* canonical path of the container's root */
	int turn;          /* holds it: turn.h */
	struct record record;
	char *earlier; /* views of a run before this one */
	struct attach attach;

	/* For the error line of the step that fails: what it was about, and
	 * why, when strerror() would not say. */
	struct str what;
	const char *why;
};

#define JOB_NONE                                                               \
	{                                                                      \
		.machine = MACHINE_NONE, .target = TARGET_NONE,                \
		.origin = ORIGIN_NONE, .turn = -1                              \
	}
#define autojob __attribute__((cleanup(job_free)))
void job_free(struct job *j);

/* A step returns 0 to go on, 1 when all is done, or -errno after it filled in
 * what and why. */
typedef int job_step(struct job *j);

/* In this order. job_inputs.c: what we were told. */
job_step job_read_state, job_read_config, job_select;
/* job_places.c: what of that exists. */
job_step job_open_machine, job_open_target, job_plan;
/* job_record.c and job_mount.c: what we change. */
job_step job_turn, job_record, job_open_origin, job_open_views, job_mount;

/* job_lxc.c: in place of some of these, for LXC. */
job_step job_lxc_state, job_lxc_places;

/* What follows from the state: whose lines these are, and whether there is more
 * to do. As a step. */
int job_state_known(struct job *j);

/* Make the record say what is mounted now. Returns 0 or -errno. */
int job_settle(struct job *j);

/* poststop: forget the container. */
job_step job_forget;
