/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/mountinfo, taken apart line by line: proc_pid_mountinfo(5). Mount
 * points in it are chosen by whoever owns the namespace. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "parse.h"

struct str;

/* Linux allows 100000 mounts a namespace (fs.mount-max). */
#define MOUNTINFO_MAX (32U << 20)

struct mountinfo {
	uint64_t id; /* as statx(2) STATX_MNT_ID */
	uint64_t parent;
	dev_t dev;
	struct slice root;    /* of the mount in its file system; escaped */
	struct slice target;  /* as seen from the process's root; escaped */
	struct slice options; /* of the mount: "rw,nosuid,relatime" */
	struct slice type;    /* "fuse.resview"; "proc" is always procfs */
	struct slice source;  /* escaped; "" when it is not said */
	uint64_t shared;      /* peer group, 0: none; unique on the machine */
	uint64_t master;      /* the group this one receives from, 0: none */
};

/* Append /proc/PID/mountinfo to OUT; PID 0 is the caller. Returns 0, -ESRCH,
 * -EFBIG when it is longer than MAX bytes, or -errno. */
int mountinfo_read(int proc, pid_t pid, size_t max, struct str *out);

/* Take the next mount off *TEXT. Lines that make no sense are passed over.
 * False at the end. */
bool mountinfo_next(struct slice *text, struct mountinfo *ret);

/* The mount ID in TEXT. */
bool mountinfo_find(struct slice text, uint64_t id, struct mountinfo *ret);

/* Append S, in which blanks, newlines and backslashes are octal. */
void mountinfo_unescape(struct slice s, struct str *out);

/* Is S, unescaped, TEXT? */
bool mountinfo_is(struct slice s, const char *text);
