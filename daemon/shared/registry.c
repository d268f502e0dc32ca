/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: a directory with one record per file. */
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "file.h"
#include "record.h"
#include "str.h"

#define TEXT_MAX  (256 << 10)
#define NAME_SIZE (RECORD_ID_MAX + sizeof(".json"))

static int name_of(const char *id, char name[static NAME_SIZE])
{
	if (!id_valid(id))
		return -EINVAL;

	(void)snprintf(name, NAME_SIZE, "%s.json", id);
	return 0;
}

int registry_read(int dir, const char *id, struct record *ret)
{
	autorecord struct record rec = { 0 };
	autostr struct str text = { 0 };
	char name[NAME_SIZE];
	int r = name_of(id, name);

	if (r == 0)
		r = file_read(dir, name, TEXT_MAX, &text);
	if (r == 0)
		r = record_parse(str_text(&text), text.len, &rec);
	if (r == 0 && strcmp(rec.id, id) != 0)
		r = -EINVAL;
	if (r < 0)
		return r;

	*ret = rec;
	rec = (struct record){ 0 };
	return 0;
}

int registry_write(int dir, const struct record *rec)
{
	autostr struct str out = { 0 };
	char name[NAME_SIZE];
	int r = name_of(rec->id, name);

	if (r == 0)
		r = record_format(rec, &out);
	if (r < 0)
		return r;

	return file_replace(dir, name, out.text, out.len, 0600);
}

int registry_remove(int dir, const char *id)
{
	char name[NAME_SIZE];
	int r = name_of(id, name);

	if (r < 0)
		return r;

	return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}

static bool is_temporary(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".tmp") == 0;
}

void registry_sweep(int dir, int64_t before)
{
	autodir DIR *list = NULL;
	const struct dirent *e;
	struct stat st;

	if (dir_stream(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		       &list) < 0)
		return;

	while ((e = dir_next(list)))
		if (is_temporary(e->d_name) &&
		    fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_mtime < before)
			(void)unlinkat(dir, e->d_name, 0);
}
