/* SPDX-License-Identifier: Apache-2.0 */
/* Our own entry in a list of OCI hooks. */
#pragma once

#include "str.h"

struct options;

struct entry {
	struct str path;  /* of resview-hook, absolute */
	struct str words; /* its options, a NUL behind each */
	unsigned timeout; /* seconds the runtime gives it */
};

#define autoentry __attribute__((cleanup(entry_free)))
void entry_free(struct entry *e);

/* The resview-hook beside the program that runs, or it itself, with those of
 * the options O that say something other than nothing at all would. Returns 0,
 * -EINVAL where that is not UTF-8, or -errno; the caller owns *RET. */
int entry_make(const struct options *o, struct entry *ret);

/* Append it as a JSON object without blanks. */
void entry_put(const struct entry *e, struct str *out);
