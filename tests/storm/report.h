/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen, for people or for programs. */
#pragma once

#include <stddef.h>

#include "tally.h"

void report_table(const struct tally *tallies, size_t n);
void report_json(const struct tally *tallies, size_t n);

/* On stderr: the first wrong thing of each process, up to MAX of them. */
void report_wrong(const struct tally *tallies, size_t n, unsigned max);
