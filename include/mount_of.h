/* SPDX-License-Identifier: Apache-2.0 */
/* Single mounts of the caller's namespace, without a reading of all of them: a
 * host with hundreds of containers has thousands. Before Linux 6.13, which
 * tells all that is needed of one, the list is read once nevertheless. */
#pragma once

#include <stdbool.h>

#include "mountinfo.h"
#include "str.h"

struct mount_asker {
	int proc;          /* the host's procfs; the caller's */
	struct str answer; /* about the last one */
	struct str all;    /* mountinfo, once it was needed */
	bool listed;
};

#define automounts __attribute__((cleanup(mount_asker_free)))
void mount_asker_free(struct mount_asker *a);

/* The mount that FD is in. Its texts are there until the next call. Nothing
 * waits for its file system. Returns 0, -ENOENT when it is not mounted in the
 * caller's namespace (any more, or, where there is but a list, yet when that
 * was read), or -errno. */
int mount_of(struct mount_asker *a, int fd, struct mountinfo *ret);
