/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the host's /proc/meminfo that bound what a container has. */
#pragma once

#include <stdint.h>

/* Bytes; huge pages of the default size are counted. */
struct host_memory {
	uint64_t total;
	uint64_t free;
	uint64_t available; /* free where the kernel is too old to tell */
	uint64_t mlocked;
	uint64_t swap_total;
	uint64_t swap_free;
	uint64_t huge_size;    /* of a default huge page */
	uint64_t huge_total;   /* pages */
	uint64_t huge_free;    /* pages */
	uint64_t hugetlb;      /* all sizes */
	uint64_t commit_limit; /* with swap; 0 where it is not told */
};

/* Whatever TEXT does not tell is 0. */
void host_memory_parse(const char *text, struct host_memory *ret);
