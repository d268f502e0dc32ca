/* SPDX-License-Identifier: Apache-2.0 */
/* Every mount namespace of the machine, once: those of containers, of services
 * within them, and those that no process is in at the moment. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proc.h"
#include "registry.h"

struct str;

struct space {
	struct ns_id id;
	pid_t pid;            /* of one that is in it; 0: none */
	uint64_t start_ticks; /* of that */
	int fd;               /* of a namespace without a process, else -1 */
};

struct spaces {
	struct space *list; /* with processes first, by pid */
	size_t count;
};

#define autospaces __attribute__((cleanup(spaces_free)))
void spaces_free(struct spaces *s);

/* All but that of pid 1 and our own. What ends meanwhile is left out. PROC is
 * the host's procfs. Returns 0 or -errno. */
int spaces_scan(int proc, struct spaces *ret);

/* What it is called that has no other name: "mnt-INODE". */
void space_name(const struct space *space, char ret[static RECORD_ID_MAX + 1]);

/* Has the process the root of its namespace? Else its list of mounts begins at
 * its own. */
bool space_is_seen(int proc, pid_t pid);

/* Append the mounts of the namespace FD as lines of a mountinfo file; for those
 * without a process: statmount(2), Linux 6.11. Returns 0, -ENOSYS, -EFBIG when
 * it would be more than MAX bytes, or -errno. */
int space_mounts(int fd, size_t max, struct str *out);
