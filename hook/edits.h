/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to a text of which all other bytes stay as they are. */
#pragma once

#include "parse.h"
#include "str.h"

#define EDITS_MAX 8

struct edit {
	struct slice old; /* in the text; may be empty */
	struct str text;  /* in its place */
};

struct edits {
	struct edit edit[EDITS_MAX]; /* in the order of the text */
	size_t count;
};

#define autoedits __attribute__((cleanup(edits_free)))
void edits_free(struct edits *e);

/* One more, anywhere, but not in the midst of another. Takes TEXT over, also on
 * failure. Returns 0, -ENOSPC beyond EDITS_MAX, or TEXT's own error. */
int edits_add(struct edits *e, struct slice old, struct str *text);

/* Append TEXT with the changes. */
void edits_apply(const struct edits *e, struct slice text, struct str *out);
