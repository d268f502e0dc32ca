/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of reading what memory_make() needs; private to memory*.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cgroup;
struct container;
struct memory_files;
struct memory_raw;

/* What all steps of one gathering share. */
struct reading {
	struct container *c;
	const struct memory_files *files;
	struct memory_raw *raw;
	unsigned own; /* the nearest level that tells anything */
	uint64_t usage;
};

/* Is R that of a file that is not there, or talks nonsense? */
bool reading_missing(int r);

/* memory_value_read(), but 0 for what is missing. */
int reading_value(struct cgroup *cg, unsigned level, const char *name,
		  uint64_t *ret);

/* Fill in the swap and the huge pages of rd->raw. Return 0 or -errno. */
int reading_swap(struct reading *rd);
int reading_huge(struct reading *rd);
