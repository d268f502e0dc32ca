/* SPDX-License-Identifier: Apache-2.0 */
/* What we go by in the host's /proc/stat. */
#pragma once

#include <stdint.h>

struct slice;

struct host_stat {
	uint64_t btime; /* seconds since the epoch */
	uint32_t intr;  /* how many numbers the line has, its total included */
	uint32_t softirq;
};

/* Whatever TEXT does not tell is 0. */
void host_stat_parse(struct slice text, struct host_stat *ret);
