/* SPDX-License-Identifier: Apache-2.0 */
/* Putting our files over a container's files. Hook and remount tool share it.
 *
 * The order: target_open() and origin_open(), both on the host; attach_open()
 * for what will be mounted; then, in a child that lives for nothing else,
 * target_enter() and attach_mount(). The child executes nothing, and inside the
 * container opens with O_PATH only, so that nothing there can make it wait or
 * answer it. Who forks it stays where it is, bounds its time and kills it.
 *
 * Needs Linux 5.2 (open_tree(2) and move_mount(2)): without, attach_open() is
 * -ENOSYS. Before 6.5 a stale mount is not replaced, but covered. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proc.h"

/* --- the container's side --- */

struct target {
	int proc; /* the host's procfs; the caller's */
	pid_t pid;
	uint64_t start_ticks;
	int pidfd; /* -1 before Linux 5.3 */
	int mntns; /* nsfs fd of its mount namespace */
	struct ns_id mntns_id;
};

#define TARGET_NONE                                                            \
	{                                                                      \
		.pidfd = -1, .mntns = -1                                       \
	}
#define autotarget __attribute__((cleanup(target_close)))
void target_close(struct target *t);

/* Pin the process PID: START_TICKS is what it must have started at, or 0 when
 * the caller has just been told its pid. Returns 0, -ESRCH when it is gone or
 * the pid is somebody else's now, -EXDEV when its mount namespace is the
 * caller's or that of pid 1, or -errno. */
int target_open(int proc, pid_t pid, uint64_t start_ticks, struct target *ret);

/* The mount namespace MNTNS, an nsfs fd, which no process may be in: the pid is
 * 0, and it does not end. Returns 0, -EXDEV as above, or -errno. */
int target_of_namespace(int proc, int mntns, struct target *ret);

/* The mount namespace that the caller is in itself, where a runtime has put it:
 * the pid is 0, and target_enter() is not for this. Returns 0, -EXDEV when it
 * is that of pid 1, or -errno. */
int target_here(int proc, struct target *ret);

/* Has the process not ended? It then was the same one all the time. */
bool target_alive(const struct target *t);

/* Move the calling process into the target's mount namespace, for good. Returns
 * 0, -ESRCH when the process has ended, or -errno. */
int target_enter(const struct target *t);

/* A mount made in a mount of the peer group GROUP (0: none) is made in all its
 * peers and slaves. Returns 0, -EXDEV when there is one in the host's namespace
 * or in that of our parent process, or -errno. */
int target_refuse_peer(const struct target *t, uint64_t group);

/* --- our side --- */

struct origin {
	int proc;  /* the host's procfs; the caller's */
	int root;  /* O_PATH on the root of our file system */
	dev_t dev; /* of its superblock */
};

#define ORIGIN_NONE                                                            \
	{                                                                      \
		.root = -1                                                     \
	}
#define autoorigin __attribute__((cleanup(origin_close)))
void origin_close(struct origin *o);

/* Returns 0, -ENODEV when no FUSE file system is mounted on MOUNTPOINT, or
 * -errno. Does not ask the daemon anything, so it cannot hang. */
int origin_open(int proc, const char *mountpoint, struct origin *ret);

/* A detached mount of one of our files or directories. */
struct source {
	int fd;    /* -1: none */
	bool bare; /* without its attributes, which are to be set again
		    * once it is mounted: swap_attributes() */
};

/* The directory of the container ID below our root, with what the daemon says
 * of it read ahead. Asks the daemon. Returns an O_PATH fd or -errno. */
int origin_container(const struct origin *o, const char *id);

/* A mount of PATH below DIR, "" for DIR itself, which may do MAY. Asks the
 * daemon. Returns 0, -EINVAL when it is not of our file system, or -errno. */
int origin_source(const struct origin *o, int dir, const char *path,
		  unsigned may, struct source *ret);

/* --- both together --- */

enum attach_outcome {
	ATTACH_PENDING,  /* not tried */
	ATTACH_MOUNTED,  /* over the container's own file */
	ATTACH_REPLACED, /* in place of a stale mount of ours */
	ATTACH_LIVE,     /* was there already */
	ATTACH_MISSING,  /* the container has no such file */
	ATTACH_FOREIGN,  /* somebody else's mount is there, and stays */
	ATTACH_FAILED,   /* see err */
};

/* One word for logs: "mounted". */
const char *attach_outcome_name(enum attach_outcome o);

#define ATTACH_PATH_MAX   256
#define ATTACH_SERVED_MAX 64

struct attach_view {
	char path[ATTACH_PATH_MAX];     /* "proc/meminfo": below the container's
					 * root */
	char served[ATTACH_SERVED_MAX]; /* below containers/<id>/; "": the
					 * same, see view_served() */
	bool writable;                  /* takes PSI triggers */
	struct source source;
	enum attach_outcome outcome;
	int err;
};

struct attach {
	const struct target *target;
	const struct origin *origin;
	const char *id; /* of the container; valid. NULL: what is mounted is
			 * the top of our tree */

	/* The container's root: its path as seen before pivot_root(2), and what
	 * it must be. After pivot_root it is "/". Path NULL: only "/". */
	const char *rootfs;
	struct ns_id rootfs_id; /* st_dev, st_ino */

	const struct devices *devices; /* ours, dead but for the origin's */

	struct attach_view *views;
	size_t count;
};

/* Open the sources of all views: asks the daemon. A view that the daemon does
 * not have fails alone (ATTACH_MISSING). Returns 0, -ENOTCONN when the daemon
 * is dead, -ENOENT when it does not know the container, or -errno. */
int attach_open(struct attach *a);
void attach_close(struct attach *a);

/* In the container's mount namespace: mount. Outcomes are in a->views. Returns
 * 0 when all is as it should be, or the first -errno: -ENXIO when the
 * container's root was not found. */
int attach_mount(struct attach *a);

/* After attach_mount(), with the sources still open: is each mount that it made
 * really there? What is not becomes ATTACH_FAILED. Returns 0 or -errno. */
int attach_verify(struct attach *a);
