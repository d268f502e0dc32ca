/* SPDX-License-Identifier: Apache-2.0 */
/* What LXC tells its hooks. */
#include "lxc.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "oci.h"
#include "parse.h"
#include "registry.h"

static const struct {
	const char *type;
	enum oci_stage stage;
} types[] = {
	{ "mount", OCI_INSIDE },
	{ "start-host", OCI_CREATE },
	{ "stop", OCI_STOPPED },
	{ "post-stop", OCI_STOPPED },
};

/* NOLINTBEGIN(concurrency-mt-unsafe): no threads */
void lxc_read(struct lxc *ret)
{
	ret->type = getenv("LXC_HOOK_TYPE");
	ret->name = getenv("LXC_NAME");
	ret->pid = getenv("LXC_PID");
	ret->rootfs = getenv("LXC_ROOTFS_MOUNT");
	ret->config = getenv("LXC_CONFIG_FILE");
}
/* NOLINTEND(concurrency-mt-unsafe) */

static int stage_get(const char *type, enum oci_stage *ret)
{
	if (!type)
		return -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(type, types[i].type) != 0)
			continue;
		*ret = types[i].stage;
		return 0;
	}

	return -EINVAL;
}

bool lxc_within(const struct lxc *l)
{
	enum oci_stage stage;

	return stage_get(l->type, &stage) == 0 && stage == OCI_INSIDE;
}

static int path_check(const char *path)
{
	if (!path)
		return -ENOENT;

	return *path == '/' && strlen(path) < PATH_MAX ? 0 : -EINVAL;
}

static int pid_get(const char *text, pid_t *ret)
{
	uint64_t pid;

	if (!text)
		return -ENOENT;
	if (slice_u64(slice_of(text), &pid) < 0 || pid <= 1 || pid > INT_MAX)
		return -EINVAL;

	*ret = (pid_t)pid;
	return 0;
}

static int name_check(const char *name)
{
	if (!name)
		return -ENOENT;

	return id_valid(name) ? 0 : -EINVAL;
}

int lxc_state(const struct lxc *l, struct oci_state *ret, const char **wrong)
{
	struct oci_state s = { .id = l->name, .bundle = l->config };
	int r;

	*wrong = "LXC_HOOK_TYPE";
	r = stage_get(l->type, &s.stage);
	if (r < 0)
		return r;

	*wrong = "LXC_NAME";
	r = name_check(l->name);
	if (r == 0 && s.stage == OCI_CREATE) {
		*wrong = "LXC_PID";
		r = pid_get(l->pid, &s.pid);
	}
	if (r == 0) {
		*wrong = "LXC_CONFIG_FILE";
		r = path_check(l->config);
	}
	if (r == 0 && s.stage == OCI_INSIDE) {
		*wrong = "LXC_ROOTFS_MOUNT";
		r = path_check(l->rootfs);
	}
	if (r == 0)
		*ret = s;

	return r;
}
