/* SPDX-License-Identifier: Apache-2.0 */
/* What a mount of a file or directory of ours may. */
#include "rights.h"

#include <string.h>
#include <sys/types.h>

#include "base.h"
#include "swap.h"
#include "view.h"

/* "containers/ID/proc/stat" to "proc/stat" */
static const char *view_path(const char *source)
{
	static const char top[] = "containers/";
	const char *slash;

	if (strncmp(source, top, sizeof(top) - 1) != 0)
		return source;

	slash = strchr(source + sizeof(top) - 1, '/');
	return slash ? slash + 1 : "";
}

static bool is_or_has(const char *path, const char *view)
{
	size_t len = strlen(path);

	return len == 0 || (strncmp(view, path, len) == 0 &&
			    (view[len] == '\0' || view[len] == '/'));
}

unsigned rights_of(const char *source)
{
	const char *path = view_path(source);
	size_t n;
	const struct view *rows = views_all(&n);

	for (size_t i = 0; i < n; i++)
		if ((rows[i].mode & 0222) && is_or_has(path, rows[i].path))
			return MAY_WRITE;

	return 0;
}

bool rights_kept(struct slice options, unsigned may)
{
	static const char *const always[] = { "nosuid", "nodev", "noexec" };

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		if (!slice_listed(options, always[i]))
			return false;

	return (may & MAY_WRITE) || rights_read_only(options);
}

bool rights_read_only(struct slice options)
{
	return slice_listed(options, "ro");
}
