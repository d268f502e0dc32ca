/* SPDX-License-Identifier: Apache-2.0 */
/* What a mount of a file or directory of ours may: see swap_attributes(). */
#pragma once

#include <stdbool.h>

#include "parse.h"

/* SOURCE is its path below our mount, "" for all. MAY_WRITE where a pressure
 * trigger can be written at it or below it, else 0. */
unsigned rights_of(const char *source);

/* Do the mount's OPTIONS ("ro,nosuid,...") forbid what they should? A mount
 * that may be written to may be read-only all the same. */
bool rights_kept(struct slice options, unsigned may);

/* Is it read-only? */
bool rights_read_only(struct slice options);
