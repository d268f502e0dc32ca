/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done, and where. */
#pragma once

#include <stddef.h>

#include "cli.h"
#include "survey.h"

/* Mark the containers that the command line names, each by its id or the
 * beginning of it; all when it names none. Returns 0, -ENOENT when there is no
 * such container, -EEXIST when it begins several; then *WRONG is the name. */
int decide_names(const struct cli *cli, struct survey *s, const char **wrong);

/* What is to be done at P, a place of C. */
enum place_action decide_place(const struct cli *cli, const struct container *c,
			       const struct place *p);

/* Set the action of every place of SCENE. Returns how many have one. */
size_t decide(const struct cli *cli, const struct container *c,
	      struct scene *scene);
