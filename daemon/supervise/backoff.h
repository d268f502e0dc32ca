/* SPDX-License-Identifier: Apache-2.0 */
/* How long to wait before the next worker. Deaths run up a debt that life pays
 * off, 50 ms each: workers that live longer than that on average are replaced
 * at once for ever, and those that die at once ten times. */
#pragma once

#include <stdint.h>

/* The debt after another death, of one that lived LIFE_MS. */
unsigned backoff_debt(unsigned debt, uint64_t life_ms);

/* How many ms to wait. */
unsigned backoff_delay(unsigned debt);
