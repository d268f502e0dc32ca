/* SPDX-License-Identifier: Apache-2.0 */
/* The ids of all records, as the folder of the registry lists them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "dir.h"
#include "members.h"

int containers_list(struct containers *cs, containers_id *fn, void *data)
{
	static const char suffix[] = ".json";
	autodir DIR *dir = NULL;
	const struct dirent *e;
	int r = dir_stream(
		openat(cs->registry, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		&dir);

	if (r < 0)
		return r;

	while ((e = dir_next(dir))) {
		char id[RECORD_ID_MAX + 1];
		size_t len = strlen(e->d_name);

		if (len < sizeof(suffix) ||
		    len >= sizeof(id) + sizeof(suffix) - 1 ||
		    strcmp(e->d_name + len - 5, suffix) != 0)
			continue;
		(void)snprintf(id, sizeof(id), "%.*s", (int)(len - 5),
			       e->d_name);
		if (id_valid(id))
			fn(data, id);
	}

	return 0;
}
