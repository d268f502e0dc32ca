/* SPDX-License-Identifier: Apache-2.0 */
/* Which file of ours comes to a place. */
#pragma once

struct container;
struct place;
struct source;
struct survey;

/* The part of the source of P that is below containers/ID, or NULL when it is
 * not there; "" is all of it. LXCFS's has the names that ours has there. */
const char *source_own(const struct place *p, const char *id);

/* A mount of what is to be seen at P, in a namespace of C. DIR is what
 * origin_container() says of C: most are in its directory, which is looked up
 * once. Asks the daemon. Returns 0 or -errno. */
int source_for(const struct survey *s, const struct container *c, int dir,
	       const struct place *p, struct source *ret);

/* That the daemon does not know a container: -ENODATA, for -ENOENT is said of
 * the container's own files. Anything else stays as it is. */
int source_error(int r);
