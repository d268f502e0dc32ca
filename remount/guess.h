/* SPDX-License-Identifier: Apache-2.0 */
/* Which engine made a container, and what is it called there? Guessed from
 * where its cgroup and its bundle are. */
#pragma once

#include "registry.h"

struct guess {
	const char *runtime;        /* "docker", "podman", ...; "-": no idea */
	char id[RECORD_ID_MAX + 1]; /* valid, or "" */
	size_t len; /* of CGROUP, up to the end of the container's own
		     * component; 0 when that does not say it */
};

/* CGROUP is its path in any hierarchy, BUNDLE the directory of config.json;
 * NULL and "" for unknown. */
void guess_container(const char *cgroup, const char *bundle, struct guess *ret);
