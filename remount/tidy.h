/* SPDX-License-Identifier: Apache-2.0 */
/* One layer at each place, with the attributes that ours have. */
#pragma once

struct room;
struct scene;

/* At all places of SCENE with an action. RESULTS as in struct work. */
void tidy(struct room *room, const struct scene *scene, int *results);
