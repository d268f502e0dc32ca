/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a mount of ours that may never be answered: each is asked by a
 * child that is killed at the deadline. */
#pragma once

/* statfs(2). Returns 0, -ENOTCONN when the daemon is dead, -ETIMEDOUT, or
 * -errno. */
int probe_statfs(const char *mountpoint);

/* Read MOUNTPOINT/proc/meminfo. Returns 0 when there was text, -ENODATA,
 * -ETIMEDOUT, or -errno. */
int probe_read(const char *mountpoint);
