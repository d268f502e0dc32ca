/* SPDX-License-Identifier: Apache-2.0 */
/* A file with our pid, locked while we live. */
#pragma once

/* PATH may be relative to DIR. The lock is ours alone: no child of ours has it.
 * Returns the fd that holds it, -EAGAIN when another process does, or
 * -errno. */
int pidfile_open(int dir, const char *path);

/* Remove the file and let go. FD below 0: there is none. */
void pidfile_close(const char *path, int fd);
