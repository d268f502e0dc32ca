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
#include "parse.h"
#include "record.h"
#include "str.h"

#define TEXT_MAX  (256 << 10)
#define SUFFIX    ".json"
#define NAME_SIZE (RECORD_ID_MAX + sizeof(SUFFIX))

static int name_of(const char *id, char name[static NAME_SIZE])
{
	if (!id_valid(id))
		return -EINVAL;

	(void)snprintf(name, NAME_SIZE, "%s" SUFFIX, id);
	return 0;
}

bool record_same_process(const struct record *a, const struct record *b)
{
	return a->pid == b->pid && a->start_ticks == b->start_ticks;
}

bool record_runs(int proc, const struct record *rec)
{
	struct proc_stat st;

	return proc_stat_read(proc, rec->pid, &st) == 0 &&
	       st.start_ticks == rec->start_ticks && st.state != 'Z';
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

/* The id in the name of a file, "ID.json"; false when that is no record's. */
static bool id_of(const char *name, char id[static RECORD_ID_MAX + 1])
{
	size_t len = strlen(name);

	if (len < sizeof(SUFFIX) || len >= NAME_SIZE ||
	    strcmp(name + len - strlen(SUFFIX), SUFFIX) != 0)
		return false;

	(void)snprintf(id, RECORD_ID_MAX + 1, "%.*s",
		       (int)(len - strlen(SUFFIX)), name);
	return id_valid(id);
}

static int list_open(int dir, DIR **ret)
{
	return dir_stream(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			  ret);
}

int registry_list(int dir, registry_id *each, void *arg)
{
	autodir DIR *list = NULL;
	const struct dirent *e;
	char id[RECORD_ID_MAX + 1];
	int r = list_open(dir, &list);

	if (r < 0)
		return r;

	while ((e = dir_next(list)))
		if (id_of(e->d_name, id))
			each(arg, id);

	return 0;
}

static void note_id(void *arg, const char *id)
{
	struct str *ids = arg;

	str_adds(ids, id);
	str_adds(ids, "\n");
}

static int walk_one(int dir, struct slice id, registry_each *each, void *arg)
{
	autorecord struct record rec = { 0 };
	char text[RECORD_ID_MAX + 1];

	(void)snprintf(text, sizeof(text), "%.*s", (int)id.len, id.p);
	return registry_read(dir, text, &rec) < 0 ? 0 : each(&rec, arg);
}

/* Names first: one that is replaced may come up in a directory once more. */
int registry_walk(int dir, registry_each *each, void *arg)
{
	autostr struct str ids = { 0 };
	struct slice rest;
	struct slice id;
	int r = registry_list(dir, note_id, &ids);

	if (r == 0)
		r = ids.err;

	rest = slice_of(str_text(&ids));
	while (r == 0 && slice_line(&rest, &id))
		r = walk_one(dir, id, each, arg);

	return r;
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

	if (list_open(dir, &list) < 0)
		return;

	while ((e = dir_next(list)))
		if (is_temporary(e->d_name) &&
		    fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_mtime < before)
			(void)unlinkat(dir, e->d_name, 0);
}
