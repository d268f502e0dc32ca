/* SPDX-License-Identifier: Apache-2.0 */
/* Our entry in the hooks of a container's config.json, and nothing else
 * changed: fields that nobody knows yet, numbers of any size, the order and the
 * blanks stay byte for byte. */
#pragma once

#include "parse.h"

struct edits;
struct entry;

/* What else is to be done. */
enum {
	SPLICE_PRESTART = 1,   /* the first stage is not createRuntime: for a
				* runtime of before that was known */
	SPLICE_NO_RLIMITS = 2, /* remove process.rlimits */
};

/* How E goes to the end of its stages in SPEC: behind every entry that is
 * there, unless one of these has its path. The spec of a container has strings
 * in it that its image chose; SPEC is refused where it is not JSON.
 *
 * Returns 0, 1 when there is nothing to do, -EINVAL when SPEC, or what it says
 * of hooks, is malformed, -EFBIG or -ENOMEM. The edits are of SPEC's text. */
int splice_find(struct slice spec, const struct entry *e, unsigned flags,
		struct edits *ret);
