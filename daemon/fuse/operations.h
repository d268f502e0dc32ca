/* SPDX-License-Identifier: Apache-2.0 */
/* What libfuse calls for each request, and for whom. Only for fs.c. */
#pragma once

#define FUSE_USE_VERSION 314

#include <fuse_lowlevel.h>

struct thread;

/* The thread that executes a request. libfuse calls back without a word about
 * who called it; NULL while an INIT is replayed. */
extern _Thread_local struct thread *executing;

extern const struct fuse_lowlevel_ops operations;
