/* SPDX-License-Identifier: Apache-2.0 */
/* What containers see of their limits: asked of the daemon, by a child. */
#pragma once

struct survey;

/* Fill in memory and cpus of all recorded containers from their files below our
 * mount point, if the daemon answers; waits for s->timeout_ms at most, and what
 * did not come by then stays 0. Returns 0 or -errno. */
int limits_read(struct survey *s);
