/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroups of one container: its own and all ancestors, per controller.
 *
 * A level counts from the container's own cgroup (0) towards the root, which is
 * not a level: it has no limits. Files are opened at their first reading and
 * read again with pread. Ancestors are reached by ".." from the directory that
 * was opened first, so a path that is used again by another container is never
 * followed. Not thread-safe: the container's lock guards it. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "hierarchy.h"
#include "proc.h"

struct cgroup;
struct str;

/* Open the cgroups that PATHS names. A controller whose directory is missing
 * counts as being at the nearest ancestor that exists. Returns 0, -ENOENT when
 * no hierarchy knows the path, or -errno. */
int cgroup_open(const struct hierarchies *h, const struct cgroup_paths *paths,
		struct cgroup **ret);
void cgroup_close(struct cgroup *cg);

/* Is controller C served by cgroup v2 here? */
bool cgroup_is_v2(const struct cgroup *cg, enum controller c);

/* How many levels there are for C: 0 when the container is in the root, or the
 * controller is nowhere. */
unsigned cgroup_levels(const struct cgroup *cg, enum controller c);

/* Is it the root everywhere? Then it is the machine's, of a process of the host
 * that nobody has put anywhere. */
bool cgroup_is_root(const struct cgroup *cg);

/* Append file NAME of LEVEL to OUT. Returns 0, -ENOENT when the cgroup has no
 * such file (the controller is not enabled there), -ENODEV when the cgroup is
 * gone, or -errno. */
int cgroup_read(struct cgroup *cg, enum controller c, unsigned level,
		const char *name, struct str *out);

/* The same from the nearest level, own first, that has the file. */
int cgroup_read_nearest(struct cgroup *cg, enum controller c, const char *name,
			struct str *out);

/* cgroup_read() of a file with one number or "max" (NO_LIMIT). */
int cgroup_read_limit(struct cgroup *cg, enum controller c, unsigned level,
		      const char *name, uint64_t *ret);

/* Open file NAME of the container's own cgroup anew; the caller owns the fd.
 * Returns it or -errno. */
int cgroup_open_file(struct cgroup *cg, enum controller c, const char *name);

/* The container's own directory in C's hierarchy (O_PATH), or -1. It stays the
 * cgroup's. */
int cgroup_dir(const struct cgroup *cg, enum controller c);

/* Device and inode of the own cgroup where CPU time is counted (the unified one
 * on v2): kernfs never uses an inode number again, so this names it for ever.
 */
struct ns_id cgroup_identity(const struct cgroup *cg);

/* Does the own cgroup still exist? */
bool cgroup_alive(const struct cgroup *cg);

/* Close the files that were opened for reading, keep the directories; and how
 * many fds it has open in all. */
void cgroup_trim(struct cgroup *cg);
unsigned cgroup_fds(const struct cgroup *cg);
