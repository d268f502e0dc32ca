/* SPDX-License-Identifier: Apache-2.0 */
/* A container that does nothing has figures that stand still: move them. */
#pragma once

#include <stdint.h>

/* Write a block to a disk, if /tmp is on one. */
void churn_disk(void);

/* Take memory and give it back, and write to the disk, until END (ns,
 * CLOCK_MONOTONIC). */
void churn_run(uint64_t end);
