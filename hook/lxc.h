/* SPDX-License-Identifier: Apache-2.0 */
/* What LXC tells its hooks (lxc.hook.version = 1): by the environment. */
#pragma once

#include <stdbool.h>

struct oci_state;

/* As it is there, NULL: it is not. */
struct lxc {
	const char *type; /* "start-host": what kind of hook this is */
	const char *name; /* of the container */
	const char *pid;  /* of its init, for some kinds */
	const char *rootfs;
	const char *config;
};

void lxc_read(struct lxc *ret);

/* Is it that of lxc.hook.mount, which is run within the namespaces? */
bool lxc_within(const struct lxc *l);

/* The same as a runtime would say it; a container that is to have its files
 * mounted from within is OCI_INSIDE. Returns 0, -ENOENT when a variable is
 * missing, -EINVAL when it is malformed, and in *WRONG its name. What is in
 * *RET belongs to the environment. */
int lxc_state(const struct lxc *l, struct oci_state *ret, const char **wrong);
