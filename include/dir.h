/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a directory, entry by entry. */
#pragma once

#include <dirent.h>

#define autodir __attribute__((cleanup(dir_close_at)))
void dir_close_at(DIR **dir);

/* List the directory FD, which the stream takes over, also on failure; for a
 * negative FD it is errno that counts. Returns 0 or -errno. */
int dir_stream(int fd, DIR **ret);

/* The next entry, valid until the call after this, or NULL. The stream must be
 * this thread's alone. */
const struct dirent *dir_next(DIR *dir);
