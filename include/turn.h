/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is to mount into a container: the hook's while it starts, or
 * the remount tool's. A lock of an open file (F_OFD_SETLK, fcntl(2)) on that
 * byte of RUN_DIR/turns which the id stands for: it ends with its holders. */
#pragma once

#include <stdbool.h>

/* Take the turn for the container ID. Returns the fd that holds it until it is
 * closed; -EAGAIN when it is somebody else's and WAIT is not set; or -errno. */
int turn_take(int run_dir, const char *id, bool wait);
