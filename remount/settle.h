/* SPDX-License-Identifier: Apache-2.0 */
/* Records are made to say what is so. */
#pragma once

#include <stdbool.h>

struct container;
struct record;
struct scene;
struct survey;

/* Take the turn of C, and read its record as it is now: *RET stays empty when
 * there is none, or one of a container that has ended. Returns the fd that
 * holds the turn; -EBUSY when it is somebody else's, -ESRCH when the id is that
 * of another container which runs, or -errno. */
int settle_begin(const struct survey *s, const struct container *c,
		 struct record *ret);

/* The operator has views taken out of C, or put back. Returns 0, -ESRCH when it
 * has ended, or as settle_begin(). */
int settle_detached(const struct survey *s, const struct container *c,
		    bool detached);

/* After work on SCENE: views for which its container has no file, or another
 * mount, are not wanted any more. */
void settle_views(const struct survey *s, const struct container *c,
		  const struct scene *scene);
