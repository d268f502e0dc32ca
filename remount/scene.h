/* SPDX-License-Identifier: Apache-2.0 */
/* One mount namespace: the places in it that are, or should be, ours. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct place;
struct record;
struct scene;
struct survey;

/* Look at scene->space, taking MAX bytes at most; places and err are new then.
 * WANTED is the record of the container whose own namespace it is, else
 * NULL. */
void scene_look(const struct survey *s, struct scene *scene,
		const struct record *wanted, size_t max);

/* Was it not looked at, for it takes too much time or memory? */
bool scene_is_unseen(const struct scene *scene);

void scene_free(struct scene *scene);

/* Places stand by their target, so that one is found quickly: how many there
 * are is up to the container. */
void scene_sort(struct scene *scene);
const struct place *scene_find(const struct scene *scene, const char *target);
