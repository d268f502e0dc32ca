/* SPDX-License-Identifier: Apache-2.0 */
/* A set of CPU ids, or of NUMA nodes, and the kernel's text for it
 * ("1,3,8-11"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;

/* The most CONFIG_NR_CPUS allows on any architecture. */
#define CPUS_MAX 8192

struct cpus {
	uint64_t bits[CPUS_MAX / 64];
};

/* The list format of Documentation/admin-guide/cputopology.rst; empty text is
 * the empty set, one trailing newline is allowed. Returns 0, -EINVAL for
 * anything malformed, -ERANGE for an id of CPUS_MAX or more. */
int cpus_parse(const char *text, struct cpus *ret);

/* Append SET in the same format, without a newline. */
void cpus_format(const struct cpus *set, struct str *out);

/* The same with one, as the kernel prints a file of it. */
void cpus_line(const struct cpus *set, struct str *out);

bool cpus_has(const struct cpus *set, unsigned cpu);
void cpus_add(struct cpus *set, unsigned cpu);
unsigned cpus_count(const struct cpus *set);

/* The lowest id in SET that is >= FROM, or CPUS_MAX when there is none. */
unsigned cpus_next(const struct cpus *set, unsigned from);

/* A and B; A without B; the lowest N ids of SET. */
struct cpus cpus_and(const struct cpus *a, const struct cpus *b);
struct cpus cpus_without(const struct cpus *a, const struct cpus *b);
struct cpus cpus_first(const struct cpus *set, unsigned n);
