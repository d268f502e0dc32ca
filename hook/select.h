/* SPDX-License-Identifier: Apache-2.0 */
/* Should this container get views, which ones, and how are they to count? */
#pragma once

#include <stdbool.h>

#include "registry.h"
#include "str.h"

struct json_object;

struct selection {
	bool on;
	enum cpu_policy cpu;
	enum uptime_policy uptime;
	const char *views;  /* a list as in plan.h, or NULL: not said */
	struct str unknown; /* "io.resview.x io.resview.y": ignored */
	struct str bad;     /* "io.resview.cpu=fast": likewise */
};

#define autoselection __attribute__((cleanup(selection_free)))
void selection_free(struct selection *s);

/* STATE and CONFIG are the annotations in the state and in config.json, NULL
 * for none; the state's count more. ON is what holds without a word in either.
 * Pause containers never get views: they run nothing. Returns 0, -EINVAL when
 * an annotation is not a string, or -ENOMEM. On success the caller owns *RET,
 * whose views belong to the annotations. */
int select_views(struct json_object *state, struct json_object *config, bool on,
		 struct selection *ret);
