/* SPDX-License-Identifier: Apache-2.0 */
/* Places that are no more, with the CPU or disk whose files they were. */
#pragma once

#include <stdbool.h>

/* Has the host's sysfs, the directory SYS, lost the file that TARGET, a place
 * in some mount namespace, is in some sysfs? */
bool has_gone(int sys, const char *target);
