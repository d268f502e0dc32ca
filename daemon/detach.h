/* SPDX-License-Identifier: Apache-2.0 */
/* Into the background, but not before the service works. */
#pragma once

/* Fork. The child gets an fd for detach_done(), to be called once it serves;
 * the parent waits for that, and exits with 0, or with 1 when the child ended
 * before (it has said why). Returns -errno when there is no child. */
int detach_begin(void);

/* Open the file NAME below RUN_DIR for messages. Returns an fd or -errno. */
int detach_log(int run_dir, const char *name);

/* Let the parent go. From now on messages go to LOG, which stays the
 * caller's. */
int detach_done(int fd, int log);
