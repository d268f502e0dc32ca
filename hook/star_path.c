/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a container the file of a CPU, a node or a disk is.
 *
 * Nothing is mounted through a symbolic link, for it may be the container's.
 * The links of sysfs are followed here, on the host, whose folders of devices
 * are those of every container. */
#include "stars.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base.h"
#include "str.h"

#define SYS "sys/"

static int exists(int sys, const char *path)
{
	return faccessat(sys, path, F_OK, 0) < 0 ? -errno : 0;
}

/* "../devices/virtual/block/loop0" to "devices/virtual/block/loop0" */
static const char *below_sys(const char *link)
{
	static const char up[] = "../";
	static const char devices[] = "devices/";

	if (strncmp(link, up, sizeof(up) - 1) != 0)
		return NULL;

	link += sizeof(up) - 1;
	return strncmp(link, devices, sizeof(devices) - 1) == 0 &&
			       !strstr(link, "/..")
		       ? link
		       : NULL;
}

/* FOLDER is "block/loop0", FILE "/stat". Without CONFIG_SYSFS_DEPRECATED, gone
 * since Linux 6.1, it is a link. */
static int follow(int sys, const char *folder, const char *file,
		  struct str *out)
{
	char link[PATH_MAX];
	ssize_t n = readlinkat(sys, folder, link, sizeof(link) - 1);
	const char *to = folder;

	if (n < 0 && errno != EINVAL)
		return -errno;
	if (n >= 0) {
		link[n] = '\0';
		to = below_sys(link);
	}
	if (!to)
		return -ENOENT;
	if (strchr(to, ',')) /* a record has them in a list */
		return -ENAMETOOLONG;

	str_addf(out, SYS "%s%s", to, file);
	return out->err;
}

int star_path(const struct view *row, int sys, const char *served,
	      struct str *out)
{
	const char *path = served + strlen(SYS);
	const char *file = strrchr(path, '/');
	autofree char *folder = NULL;
	int r = exists(sys, path);

	if (r < 0)
		return r;
	if (row->star != STAR_DISK) {
		str_adds(out, served);
		return out->err;
	}

	folder = strndup(path, (size_t)(file - path));
	return folder ? follow(sys, folder, file, out) : -ENOMEM;
}
