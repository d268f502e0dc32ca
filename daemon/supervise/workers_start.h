/* SPDX-License-Identifier: Apache-2.0 */
/* How a worker is started. */
#pragma once

#include <stdint.h>

struct workers;

/* Start the one that is due: from disk and configured anew if that is wanted,
 * else from the program that served last. What goes wrong is said, and counted
 * as a worker that dies at once. */
void workers_start(struct workers *w, uint64_t now_ns);

/* Tell a supervisor that may come after us who they are, the one that serves
 * first: orphan_note(). */
void workers_note(const struct workers *w);
