/* SPDX-License-Identifier: Apache-2.0 */
/* Where things stand in the text of a /proc/cpuinfo. It is worked out when the
 * host's file is read anew, not at each rendering: hundreds of CPUs make a text
 * of a MiB, of which little is of interest. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice;

/* Bytes of the text; len 0: not there. */
struct cpuinfo_part {
	uint32_t at;
	uint32_t len;
};

/* A CPU, or lines about the machine. */
struct cpuinfo_block {
	struct cpuinfo_part text; /* the empty line behind it included */
	bool is_cpu;
	uint32_t cpu;     /* CPUS_MAX: beyond what we know */
	uint32_t package; /* counted from 0, in no order of the kernel's */
	uint32_t core;    /* likewise, of all packages */
	struct cpuinfo_part siblings; /* the numbers that depend on others */
	struct cpuinfo_part cores;
};

struct cpuinfo {
	struct cpuinfo_block *block;
	size_t n;
	size_t cap;
	uint32_t packages;
	uint32_t cores;
};

#define autocpuinfo __attribute__((cleanup(cpuinfo_free)))

/* Make INDEX, which may be a former one, that of TEXT. CPUs of machines that do
 * not say where they are are one core of one package. Returns 0, -ENOMEM, or
 * -EFBIG beyond 4 GiB. */
int cpuinfo_parse(struct slice text, struct cpuinfo *index);

/* Make TO, which may be a former one, the same as FROM. Returns 0 or -ENOMEM.
 */
int cpuinfo_copy(const struct cpuinfo *from, struct cpuinfo *to);

/* Take the key off LINE, without the blanks before the ':', and leave the value
 * without those after it. False when there is no ':'. */
bool cpuinfo_key(struct slice *line, struct slice *key);

void cpuinfo_free(struct cpuinfo *index);
