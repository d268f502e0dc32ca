/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime that we are in the place of. */
#pragma once

#include <stdbool.h>

#include "str.h"

struct real {
	struct str path;
	bool script; /* it may lead back to us */
};

#define autoreal __attribute__((cleanup(real_free)))
void real_free(struct real *r);

/* GIVEN, or if that is NULL the first of runc and crun that is in DIRS, which
 * are separated by ':'. Never SELF, under whatever name.
 *
 * Returns 0, -ELOOP when GIVEN is SELF, -ENOENT when there is none, or -errno.
 * The caller owns *RET, also on failure: then its path says what it is about.
 */
int real_find(const char *given, const char *dirs, const char *self,
	      struct real *ret);
