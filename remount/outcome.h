/* SPDX-License-Identifier: Apache-2.0 */
/* What became of places and namespaces, and how many of each there are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "survey.h"

enum outcome {
	OUTCOME_NONE, /* nothing was to be done, or nothing was tried */
	OUTCOME_DONE,
	OUTCOME_LEFT, /* somebody else's */
	OUTCOME_GONE, /* with its container */
	OUTCOME_FAILED,
};

enum outcome outcome_of(const struct place *p);

/* A namespace that ended meanwhile has not. */
bool scene_failed(const struct scene *scene);

/* Of the containers that are named. */
struct tally {
	size_t containers;
	size_t live;
	size_t done[ACTIONS];
	size_t left;
	size_t failed; /* places and namespaces */
};

void tally(const struct survey *s, struct tally *ret);
