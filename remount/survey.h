/* SPDX-License-Identifier: Apache-2.0 */
/* What there is on this machine of ours: containers, the mount namespaces of
 * each, and in these the places where our files are or should be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "devices.h"
#include "registry.h"
#include "spaces.h"

enum place_state {
	PLACE_LIVE,
	PLACE_STALE,   /* a dead daemon's is on top */
	PLACE_MISSING, /* recorded, but the container sees its own file */
	PLACE_FOREIGN, /* somebody else's mount is on top */
	PLACE_LXCFS,   /* LXCFS's, dead or alive */
	PLACE_STATES,
};

enum place_action {
	ACTION_NONE,
	ACTION_ATTACH, /* over the container's own file */
	ACTION_SWAP,   /* in place of what is there */
	ACTION_TIDY,   /* layers beneath, attributes */
	ACTION_DETACH,
	ACTION_ADOPT, /* as swap, for LXCFS's */
	ACTIONS,
};

struct place {
	char *target; /* in the namespace: "/proc/meminfo" */
	char *source; /* below our mount: "containers/ID/proc/meminfo"; "" is
		       * all of it. NULL: not ours */
	enum place_state state;
	unsigned beneath; /* layers of ours or LXCFS's under the top one */
	bool loose;       /* a live one that lost some of its attributes */

	enum place_action action; /* planned */
	int err; /* of the action: 0 or -errno; -EINPROGRESS: not tried */
};

/* One mount namespace of a container. */
struct scene {
	struct space *space;
	struct place *places;
	size_t count;
	int err; /* why it could not be looked at, or be worked on */
};

struct container {
	char id[RECORD_ID_MAX + 1]; /* recorded or guessed; or "mnt-INODE" */
	const char *runtime;        /* a guess, "-" for none */
	pid_t pid;                  /* of its first process, 0: not known */
	struct record *record;      /* NULL: none */
	struct scene *scenes;       /* the recorded namespace first */
	size_t count;
	uint64_t memory; /* bytes, as its meminfo says; 0: not known */
	unsigned cpus;   /* likewise; 0: not known */
};

struct survey {
	/* The caller's. */
	int proc;
	int run_dir;
	int registry;
	int sys;

	char *mountpoint;       /* of the daemon; NULL: nothing is mounted */
	bool alive;             /* it answers */
	struct devices devices; /* the last is that of the mount point */
	struct spaces spaces;
	struct container *list; /* by id */
	size_t count;
};

#define autosurvey __attribute__((cleanup(survey_free)))
void survey_free(struct survey *s);

/* Look at everything. Returns 0 or -errno. */
int survey_make(struct survey *s);

/* Look again at one scene, after it was worked on. */
int survey_again(struct survey *s, struct container *c, struct scene *scene);

/* How many places of C are in STATE? */
size_t survey_count(const struct container *c, enum place_state state);
