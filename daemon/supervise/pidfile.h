/* SPDX-License-Identifier: Apache-2.0 */
/* A file with our pid, locked while we live. */
#pragma once

/* Returns the fd that holds the lock, -EAGAIN when another process has it, or
 * -errno. */
int pidfile_open(const char *path);

/* Remove the file and let go. FD below 0: there is none. */
void pidfile_close(const char *path, int fd);
