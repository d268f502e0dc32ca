/* SPDX-License-Identifier: Apache-2.0 */
/* What is done in a container, and why it was not, in words. */
#pragma once

#include "survey.h"

struct str;

/* "container web: ", with the namespace when it is not its first. */
void words_whose(const struct container *c, const struct scene *scene,
		 struct str *out);

/* One word for scripts: "stale". */
const char *state_name(enum place_state s);

/* The same: "replace"; NULL for ACTION_NONE. */
const char *action_name(enum place_action a);

/* Whose it is: "a dead daemon's", "somebody else's mount". */
const char *state_words(enum place_state s);

/* How it would be: "replaced". */
const char *action_done(enum place_action a);

/* Why the action came out as R, -errno; ACTION_NONE: why the namespace could
 * not be looked at or worked on. */
const char *why_not(enum place_action a, int r);
