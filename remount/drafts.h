/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces, on the way to be put together to containers: whose is each? */
#pragma once

#include <stddef.h>

#include "survey.h"

struct draft {
	struct scene scene;
	char id[RECORD_ID_MAX + 1];
	const char *runtime; /* a guess; NULL for a recorded one */
	struct record *own;  /* of the container whose own it is */
	char *cgroup;        /* its container's, as far as is known; or NULL */
};

struct drafts {
	struct survey *survey;
	struct draft *list;
	size_t count;
	uint64_t until; /* so long those are looked at that nobody recorded */
};

/* Give NEXT, which is not in D yet, the id of its container: the recorded one,
 * the one that its files of ours are of, the recorded one whose cgroup it is
 * in, the one that its engine calls it by, or "mnt-INODE", which is that of the
 * first one with its cgroup. */
void draft_name(const struct drafts *d, struct draft *next);

/* The record of the container ID, which its nested namespaces have in common,
 * or NULL. */
struct record *drafts_record(const struct survey *s, const char *id);

/* A guess at the engine. */
const char *draft_runtime(const struct record *rec);
