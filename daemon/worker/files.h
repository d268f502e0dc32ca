/* SPDX-License-Identifier: Apache-2.0 */
/* How many files we may have open. */
#pragma once

#include <stddef.h>

/* Raise the limit as far as we may. Returns how many files are left for the
 * containers' cgroups when all else that may be open is. */
size_t files_limit(void);
