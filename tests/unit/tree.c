/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures that a test makes as it runs. */
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "str.h"

void tree_make(struct tree *t)
{
	(void)snprintf(t->path, sizeof(t->path), "/tmp/resview-test.XXXXXX");
	assert_non_null(mkdtemp(t->path));
	t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(t->fd >= 0);
}

void tree_remove(struct tree *t)
{
	char *roots[] = { t->path, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	assert_non_null(walk);
	while ((entry = fts_read(walk)))
		if (entry->fts_info == FTS_DP)
			(void)rmdir(entry->fts_accpath);
		else if (entry->fts_info != FTS_D)
			(void)unlink(entry->fts_accpath);
	(void)fts_close(walk);
	close_at(&t->fd);
}

static void make_parents(const struct tree *t, const char *name)
{
	autofree char *path = strdup(name);

	assert_non_null(path);
	for (char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdirat(t->fd, path, 0700);
		*at = '/';
	}
}

void tree_write(const struct tree *t, const char *name, const char *fmt, ...)
{
	autostr struct str text = { 0 };
	autoclose int fd = -1;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	assert_int_equal(text.err, 0);

	make_parents(t, name);
	fd = openat(t->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.text, text.len), text.len);
}

void tree_unlink(const struct tree *t, const char *name)
{
	assert_int_equal(unlinkat(t->fd, name, 0), 0);
}

void tree_thread(const struct tree *t, int tid, char state, unsigned start,
		 const char *nspid)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "proc/%d/task/%d/stat", tid, tid);
	tree_write(t, name,
		   "%d (a ) R b) %c 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 "
		   "0 %u 0 0\n",
		   tid, state, start);
	(void)snprintf(name, sizeof(name), "proc/%d/task/%d/status", tid, tid);
	tree_write(t, name, "Name:\ta ) R b\nTgid:\t%d\nNSpid:\t%s\nX:\t1\n",
		   tid, nspid);
}
