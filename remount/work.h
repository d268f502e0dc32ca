/* SPDX-License-Identifier: Apache-2.0 */
/* What is done in one mount namespace, by a child that lives for nothing
 * else. */
#pragma once

struct container;
struct scene;
struct survey;

struct work {
	const struct survey *survey;
	const struct container *container;
	const struct scene *scene;
	int *results; /* in shared memory, one for each place of the scene: 0 or
		       * -errno, as far as the child comes */
};

/* Do the actions of all places; ARG is a struct work. The calling process is in
 * the container's mount namespace afterwards. Returns 0, -EBUSY while somebody
 * else is at work there, or -errno when none could be tried. */
int work_run(void *arg);
