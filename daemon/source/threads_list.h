/* SPDX-License-Identifier: Apache-2.0 */
/* The thread ids of a cgroup sub-tree, for threads.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct threads_list {
	pid_t *id;
	size_t n;
	size_t cap;
	size_t max;    /* no more are listed */
	unsigned dirs; /* entered */
	bool cut;      /* there was more than a bound allows */
};

#define autolist __attribute__((cleanup(threads_list_free)))
void threads_list_free(struct threads_list *list);

/* Append the ids below DIR, entering at most DIRS cgroups. Returns 0, -ENOMEM,
 * or -errno when DIR itself cannot be entered. Cgroups below it that vanish
 * are passed over. */
int threads_list_tree(struct threads_list *list, int dir, bool v2,
		      unsigned dirs);

/* Append the ids in TEXT, LEN bytes of a file with one number in each line.
 * *NUMBER is one that the end of the last piece may have cut, -1 at the
 * beginning. Returns 0 or -ENOMEM; when the list is full it is `cut`. */
int threads_list_parse(struct threads_list *list, const char *text, size_t len,
		       long *number);
