/* SPDX-License-Identifier: Apache-2.0 */
/* What is at a path below a container: derived from the table of views and the
 * host's sysfs (fd SYS) alone. "" is the container's top. */
#pragma once

#include <sys/types.h>

struct view;

/* Directory fds of the host's procfs and sysfs. */
struct roots {
	int proc;
	int sys;
};

struct place {
	mode_t mode;
	off_t size;
	const struct view *proc; /* that it is, in proc/: size.h; or NULL */
};

/* Returns 0, -ENOENT or -errno. */
int path_stat(struct roots host, const char *path, struct place *ret);

/* Call FN for each name in directory PATH but "." and "..", each once, MODE as
 * S_IFMT. Views that have to be asked for (view.h) are not listed among others.
 * Returns 0 or -errno. */
typedef void path_entry(void *data, const char *name, mode_t mode);
int path_list(struct roots host, const char *path, path_entry *fn, void *data);
