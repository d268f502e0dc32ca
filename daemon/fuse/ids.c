/* SPDX-License-Identifier: Apache-2.0 */
/* The ids of all records, as the folder of the registry lists them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "members.h"

int containers_list(struct containers *cs, containers_id *fn, void *data)
{
	static const char suffix[] = ".json";
	int fd = openat(cs->registry, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *e;
	DIR *dir;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone */
	while ((e = readdir(dir))) {
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

	closedir(dir);
	return 0;
}
