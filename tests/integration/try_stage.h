/* SPDX-License-Identifier: Apache-2.0 */
/* Where mounts are tried: DIR/place is a file system of its own, with the files
 * "f" and "g", which say "beneath". */
#pragma once

#include <stdint.h>

struct stage {
	int proc;
	int own;   /* DIR, which has the file "live" */
	int place; /* the mount DIR/place; closed when it is opened again */
	char dir[128];
	char file[160]; /* DIR/place/f */
};

#define STAGE_NONE                                                             \
	{                                                                      \
		-1, -1, -1, "", ""                                             \
	}

/* Say what went wrong; R again. */
int say(const char *what, int r);

/* All of these return 0 or -errno. */
int stage_make(struct stage *s, const char *dir);
int stage_enter(struct stage *s); /* the namespace that we are in now */

/* Mount NAME over itself: a FUSE file system that is a single file, and whose
 * server has died. */
int stage_dead(const struct stage *s, const char *name);

/* A mount of "live", as all of ours are; or as it may be made before Linux
 * 5.12, *LATER set. Returns an fd. */
int stage_live(const struct stage *s, int *later);

/* Put a live one on top of what is on NAME. */
int stage_cover(const struct stage *s, const char *name);

/* How many layers are over NAME, the topmost being as all of ours are. */
int stage_layers(const struct stage *s, const char *name);

/* The groups of DIR/place. */
int stage_groups(const struct stage *s, uint64_t *shared, uint64_t *master);
