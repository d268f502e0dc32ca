/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of /proc/meminfo and of a node's meminfo: the host's, with other
 * numbers in them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse.h"

struct memory;
struct str;

#define NOTHING SIZE_MAX
#define MACHINE (SIZE_MAX - 1)

/* A line of ours: the sum of one or two fields of struct memory. */
struct memory_row {
	const char *key;
	size_t a; /* MACHINE: a line about the machine, which all containers
		   * share: kept as it is */
	size_t b;
};

#define MEMORY(name) offsetof(struct memory, name)

/* Search ALL, N rows, from *NEXT on and around: lines come in the order of the
 * rows. Returns NULL when there is none. */
const struct memory_row *memory_row_find(const struct memory_row *all, size_t n,
					 struct slice key, size_t *next);

/* What the line says, in its unit: kB, or pages. */
uint64_t memory_row_value(const struct memory_row *row, const struct memory *m);

/* "Key:   123 kB" taken apart. */
struct memory_line {
	struct slice text;
	struct slice key;
	size_t number; /* where it begins, and ends, in the text */
	size_t end;
};

/* False when TEXT is no such line. */
bool memory_line_parse(struct slice text, struct memory_line *ret);

/* Append the line with VALUE in it, spaced as the host's: "%-16s%8lu kB"
 * mostly, or "%5lu" from column HUGE_AT on where it counts pages. */
void memory_line_add(struct str *out, const struct memory_line *line,
		     uint64_t value, size_t huge_at);
