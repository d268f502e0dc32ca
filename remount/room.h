/* SPDX-License-Identifier: Apache-2.0 */
/* A mount namespace that we are in: what is found where. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attach.h"
#include "layers.h"
#include "mounts.h"

struct room {
	const struct target *target;
	struct judge judge;
	struct mounts mounts; /* as of room_look() */
	int root;             /* O_PATH fd */
};

#define ROOM_NONE                                                              \
	{                                                                      \
		.root = -1                                                     \
	}
#define autoroom __attribute__((cleanup(room_leave)))
void room_leave(struct room *room);

/* Read the list of mounts (again). Returns 0 or -errno. */
int room_look(struct room *room);

struct found {
	int fd;                    /* O_PATH */
	const struct mountinfo *m; /* that it is the root of */
	enum layer kind;
};

#define FOUND_NONE                                                             \
	{                                                                      \
		.fd = -1                                                       \
	}
#define autofound __attribute__((cleanup(found_close)))
void found_close(struct found *f);

/* What is mounted at TARGET now? Returns 0, -ESTALE when it is nothing that the
 * list has there, -EREMOTE when it lies in FUSE of the container's, or
 * -errno. */
int room_find(const struct room *room, const char *target, struct found *ret);

/* Is M mounted on a live mount of the same file? */
bool room_on_live(const struct room *room, const struct mountinfo *m);

/* May what is mounted on M's place be changed, and M be unmounted? Returns 0,
 * -EXDEV when that would be seen outside of the container, -ENOTEMPTY when
 * something is mounted in M. */
int room_may_change(const struct room *room, const struct mountinfo *m);

/* Take F off its place, and read the list of mounts again. Returns 0, or as
 * room_may_change() and swap_unmount(). */
int room_take_off(struct room *room, const struct found *f);
