/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls of the sandbox. */
#pragma once

struct sandbox;

/* Refuse with EPERM, from now on, what is not in the table; PINNED has the
 * numbers of pinned directories. Returns 0 or -errno. */
int syscalls_restrict(const struct sandbox *pinned);
