/* SPDX-License-Identifier: Apache-2.0 */
/* What there is on this machine of ours: containers, the mount namespaces of
 * each, and in these the places where our files are or should be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "attach.h"
#include "devices.h"
#include "figures.h"
#include "registry.h"
#include "spaces.h"

struct machine;

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
	char *source; /* below our mount, or LXCFS's:
		       * "containers/ID/proc/meminfo"; "" is all of it */
	enum place_state state;
	unsigned beneath; /* layers of ours or LXCFS's under the top one */
	bool loose;       /* a live one that lost some of its attributes */

	enum place_action action; /* planned */
	int err; /* of the action: 0 or -errno; -EINPROGRESS: not tried */
};

/* One mount namespace of a container. */
struct scene {
	const struct space *space;
	struct place *places;
	size_t count;
	int err;    /* why it could not be looked at */
	bool again; /* is to be worked on in this round */
};

struct container {
	char id[RECORD_ID_MAX + 1]; /* recorded or guessed; or "mnt-INODE" */
	const char *runtime;        /* a guess, "-" for none */
	pid_t pid;                  /* of its first process, 0: not known */
	struct record *record;      /* NULL: none */
	bool named;                 /* the command line means it */
	struct scene *scenes;       /* the recorded namespace first */
	size_t count;
	uint64_t memory; /* bytes, as its meminfo says; 0: not known */
	unsigned cpus;   /* likewise; 0: not known */
};

struct known {
	struct record record;
	struct known *next;
};

struct survey {
	/* The caller's. */
	const struct machine *machine;
	unsigned timeout_ms; /* for whoever may hang */
	uint64_t until;      /* nothing is begun later: ns, CLOCK_MONOTONIC; 0:
			      * there is no end */

	char *mountpoint;       /* of the daemon; NULL: nothing is mounted */
	struct origin origin;   /* its root; ORIGIN_NONE */
	int answer;             /* of it: 0, -ENODEV when nothing is mounted,
				 * -ENOTCONN when it is dead, -ETIMEDOUT, ... */
	struct devices devices; /* the last is that of the mount point */
	struct spaces spaces;
	struct container *list; /* by id */
	size_t count;
	struct scene *scenes; /* of all; containers point into it */
	size_t nscenes;
	struct figures figures; /* of the daemon, for --list */
	struct known *known;    /* records of containers that run */
};

/* The device of a mount that is not stale; 0: all are. One whose daemon does
 * not answer just now is not. */
dev_t survey_live(const struct survey *s);

#define autosurvey __attribute__((cleanup(survey_free)))
void survey_free(struct survey *s);

/* Look at everything: recorded containers first, and with others no longer than
 * SURVEY_OTHERS. What a namespace has to say beyond SURVEY_SHORT bytes is not
 * listened to yet: its scene has err -EFBIG then, or -EAGAIN when there was no
 * time for it, so that nobody else waits for what a container can make long.
 * Returns 0 or -errno. */
#define SURVEY_SHORT  (1U << 20)
#define SURVEY_OTHERS NSEC_PER_SEC
int survey_make(struct survey *s);

/* Is it later than s->until? */
bool survey_is_late(const struct survey *s);

/* Keep REC, which is empty then. Returns where it is, or NULL when there is no
 * memory. */
struct record *survey_record(struct survey *s, struct record *rec);

/* Look again at one scene, after it was worked on, or at all of it. Places that
 * are still there keep their action and its error. */
void survey_again(struct survey *s, const struct container *c,
		  struct scene *scene);

/* Listen to those that had too much to say, or were not looked at, while there
 * is time. */
void survey_long(struct survey *s);

/* How many places has C, in all and in STATE? */
size_t survey_places(const struct container *c);
size_t survey_count(const struct container *c, enum place_state state);
