/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader writes into a pressure file, Documentation/accounting/psi.rst:
 * "some 150000 2000000". */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trigger {
	bool full;
	uint32_t threshold; /* us of stall */
	uint32_t window;    /* us in which it counts */
};

/* The kernel's rules for a process without CAP_SYS_RESOURCE, whoever asks: a
 * window of 2 to 10 s in steps of 2 s costs the host no thread. Returns 0 or
 * -EINVAL. */
int trigger_parse(const char *text, size_t len, struct trigger *ret);
