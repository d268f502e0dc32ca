/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that were started with LXCFS's files become ours. */
#pragma once

struct container;
struct survey;

/* Record C, with the cgroup of its first process and the files of LXCFS's that
 * it has, unless it is recorded; and have the places that are LXCFS's replaced
 * by those of the record. Returns 0, 1 when there are none, -ESRCH when it has
 * ended, or as settle_begin(). */
int adopt_lxcfs(struct survey *s, struct container *c);
