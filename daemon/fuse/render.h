/* SPDX-License-Identifier: Apache-2.0 */
/* From a node and a container to the text of the file. */
#pragma once

#include <stdint.h>

struct thread;

/* Make the text of node ID as container SERIAL sees it, in t->text. No lock is
 * held while it is written. Returns 0, -ESRCH when the container is gone, or
 * -errno; what went wrong has been logged then. */
int render(struct thread *t, uint64_t id, uint64_t serial);
