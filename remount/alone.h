/* SPDX-License-Identifier: Apache-2.0 */
/* One resview-remount at a time. */
#pragma once

/* Wait for another one with the same run directory, which is called NAME, a
 * minute at most. It is a lock of this process, not of the open file: a child
 * that hangs for good does not keep it. Says what went wrong. Returns the fd
 * that holds it until we end, or -errno. */
int alone(int run_dir, const char *name);
