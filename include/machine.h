/* SPDX-License-Identifier: Apache-2.0 */
/* What we read of the host before anything is entered. */
#pragma once

#include "attach.h"

struct record;
struct str;

/* Directory fds, -1 until machine_open(). */
struct machine {
	int proc;     /* verified to be the root of procfs */
	int sys;      /* of sysfs */
	int run;      /* the run directory */
	int registry; /* its containers/ */
};

#define MACHINE_NONE                                                           \
	{                                                                      \
		-1, -1, -1, -1                                                 \
	}
#define automachine __attribute__((cleanup(machine_close)))
void machine_close(struct machine *h);

/* Returns 0 or -errno, and in *WRONG what it was that failed. The registry is
 * made when it is not there yet. */
int machine_open(const char *run_dir, struct machine *ret, const char **wrong);

/* Only proc and sys, where the rest is out of reach. Likewise; what *RET has by
 * then is the caller's on failure, too. */
int machine_open_kernel(struct machine *ret, const char **wrong);

/* Only the registry, for poststop. Returns 0 or -errno. */
int machine_open_registry(const char *run_dir, struct machine *ret);

/* The container's root directory ROOT, relative to BUNDLE (a directory fd): its
 * canonical path, appended to PATH, and its identity. Returns 0 or -errno. */
int machine_rootfs(const struct machine *h, int bundle, const char *root,
		   struct str *path, struct ns_id *id);

/* What T's process is: pid, start time, namespaces, cgroups, clock offset. The
 * rest of *REC is left alone. Returns 0, -ESRCH, -ENODATA when no cgroup
 * hierarchy is mounted, or -errno. */
int machine_describe(const struct machine *h, const struct target *t,
		     struct record *rec);
