/* SPDX-License-Identifier: Apache-2.0 */
/* Do what is decided, in all namespaces. */
#pragma once

#include "cli.h"

struct progress;
struct survey;

/* Decide, do it, look again; and once more where somebody was in the way. What
 * came of it is in the places. Returns 0, or -errno when nothing could be
 * tried. */
int repair(const struct cli *cli, struct survey *s, struct progress *p);
