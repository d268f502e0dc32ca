/* SPDX-License-Identifier: Apache-2.0 */
/* What tells one container from another: its cgroup, by number and by name. */
#include "identity.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroup.h"
#include "controllers.h"
#include "proc.h"
#include "str.h"

void identity_format(const struct cgroup_paths *paths, struct str *out)
{
	for (int c = 0; c < CG_COUNT; c++)
		if (paths->path[c])
			str_addf(out, "0:%s:%s\n",
				 controller_name((enum controller)c),
				 paths->path[c]);
}

int identity_read(const struct hierarchies *h, const struct cgroup_paths *paths,
		  struct ns_id *ret)
{
	for (int i = 0; i < CG_COUNT; i++) {
		/* Looked for in cgroup_identity()'s order. */
		enum controller c = i ? (enum controller)(i - 1) : CG_CPUACCT;
		const char *path = paths->path[h->of[c].v2 ? CG_UNIFIED : c];
		struct stat st;

		if (h->of[c].fd < 0 || !path)
			continue;
		if (strstr(path, "/../"))
			return -ENOENT; /* outside our cgroup namespace */

		path += strspn(path, "/");
		if (fstatat(h->of[c].fd, *path ? path : ".", &st, 0) < 0)
			return -errno;
		*ret = (struct ns_id){ st.st_dev, st.st_ino };
		return 0;
	}

	return -ENOENT;
}
