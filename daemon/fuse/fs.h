/* SPDX-License-Identifier: Apache-2.0 */
/* The FUSE session of one connection: requests in, replies out. The two
 * files behind this, fs.c and operations.c, know libfuse. */
#pragma once

#include <stddef.h>

struct control;
struct session;
struct thread;

/* A session on the connection FD, which it takes over when it succeeds. It goes
 * on where a session of another process has ended, if CONTROL tells of one.
 * Returns 0 or -errno. */
int session_open(int fd, struct control *control, struct session **ret);
void session_close(struct session *se);

/* Take a request off the queue into T's slot. Returns its size, 0 when the
 * connection has ended, or -errno (-EINTR, -EAGAIN: nothing happened). */
int session_receive(struct session *se, struct thread *t);

/* Execute what lies in T's slot, LEN bytes, and reply. */
void session_execute(struct session *se, struct thread *t, size_t len);
