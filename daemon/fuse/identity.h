/* SPDX-License-Identifier: Apache-2.0 */
/* What tells one container from another: its cgroup, by number and by name. */
#pragma once

struct cgroup_paths;
struct hierarchies;
struct ns_id;
struct str;

/* The cgroup that PATHS names where CPU time is counted. Returns 0, -ENOENT
 * when there is none, or -errno. */
int identity_read(const struct hierarchies *h, const struct cgroup_paths *paths,
		  struct ns_id *ret);

/* Append PATHS as cgroup_paths_parse() reads them, in one order for all. */
void identity_format(const struct cgroup_paths *paths, struct str *out);
