/* SPDX-License-Identifier: Apache-2.0 */
/* The connection that containers should have: where is it mounted, and does its
 * daemon answer? */
#pragma once

struct survey;

/* Fill in devices, mountpoint, origin and answer. Waits for s->timeout_ms at
 * most. Returns 0 or -errno. */
int served_find(struct survey *s);
