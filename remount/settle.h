/* SPDX-License-Identifier: Apache-2.0 */
/* Records are made to say what is so. */
#pragma once

#include <stdbool.h>

struct container;
struct scene;
struct survey;

/* The operator has views taken out of C, or put back. Returns 0, -ESRCH when
 * the record is another container's now, or -errno. */
int settle_detached(const struct survey *s, const struct container *c,
		    bool detached);

/* After work on SCENE: views for which its container has no file, or another
 * mount, are not wanted any more. */
void settle_views(const struct survey *s, const struct container *c,
		  const struct scene *scene);
