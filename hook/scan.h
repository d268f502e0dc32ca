/* SPDX-License-Identifier: Apache-2.0 */
/* Where things stand in JSON text: for those who change it and must leave every
 * other byte as it is. What the text means is asked of json.h. */
#pragma once

#include <stdbool.h>

#include "parse.h"

/* A walk over the members of an object or the elements of an array. */
struct scan {
	const char *at;   /* what comes next */
	const char *end;  /* of all text */
	const char *tail; /* where one more would be put */
	bool empty;       /* nothing has come yet */
	bool object;
};

struct scan_item {
	const char *from;   /* its key, or the value in an array */
	struct slice key;   /* without its quotes; empty in an array */
	struct slice value; /* as it is written */
};

/* Begin at VALUE, an object or an array. Returns 0 or -EINVAL. */
int scan_begin(struct slice value, struct scan *ret);

/* Returns 1, 0 at the end, or -EINVAL: the text must have passed json_parse(),
 * for not everything that is wrong is found here. Nothing is followed to its
 * depth, and a key written with an escape is -EINVAL, for it could be any. */
int scan_next(struct scan *s, struct scan_item *ret);

/* The last member of OBJECT called KEY, for that is the one that counts:
 * 1, 0 when there is none, or -EINVAL. *S has then come to the end. */
int scan_member(struct slice object, const char *key, struct scan *s,
		struct scan_item *ret);
