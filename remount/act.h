/* SPDX-License-Identifier: Apache-2.0 */
/* What is done at one place of a namespace that we are in. */
#pragma once

struct place;
struct room;
struct source;

/* SOURCE takes the place of what a dead daemon of ours, or LXCFS, has there.
 * Returns 0; 1 when that is still there beneath; -ESTALE when something else is
 * there now, or -errno. */
int act_swap(struct room *room, const struct place *p,
	     const struct source *source);

/* All layers of ours are taken off; what else is among them stays, and what is
 * below. Returns 0 or -errno. */
int act_detach(struct room *room, const struct place *p);
