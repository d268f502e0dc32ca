/* SPDX-License-Identifier: Apache-2.0 */
/* Once a second: does it still work? */
#pragma once

#include <stdint.h>

struct supervisor;

void rounds_tick(struct supervisor *s, uint64_t now_ns);

/* The answer to a read through the mount: 0 or -errno. */
void rounds_answer(struct supervisor *s, int answer);
