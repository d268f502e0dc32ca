/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures that a test makes as it runs, in a directory of its own: what is too
 * large, or changes too often, to lie in tests/fixtures. All of this asserts
 * that it worked. */
#pragma once

#include <stddef.h>

struct tree {
	char path[64]; /* of the directory; for fixture_open() too */
	int fd;
};

/* Make an empty directory; tree_remove() it with all that is in it. */
void tree_make(struct tree *t);
void tree_remove(struct tree *t);

/* Make the file NAME, and the directories it is in, with this text. */
void tree_write(const struct tree *t, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Remove the file NAME. */
void tree_unlink(const struct tree *t, const char *name);

/* A thread as the host's procfs has it: state ('R'), start time in ticks, and
 * the numbers of its NSpid line. */
void tree_thread(const struct tree *t, int tid, char state, unsigned start,
		 const char *nspid);
