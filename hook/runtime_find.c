/* SPDX-License-Identifier: Apache-2.0 */
/* A program that can be run, and is not this one. */
#include "runtime_find.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "parse.h"

void real_free(struct real *r)
{
	str_free(&r->path);
}

/* The operator and the system chose these files. It is the file that counts,
 * whatever link led there: we would run ourselves for ever. */
static int look(const char *path, const struct stat *self, bool *script)
{
	autoclose int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char mark[2] = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_dev == self->st_dev && st.st_ino == self->st_ino)
		return -ELOOP;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return -EACCES;

	*script = read(fd, mark, sizeof(mark)) == sizeof(mark) &&
		  memcmp(mark, "#!", sizeof(mark)) == 0;
	return 0;
}

static int search(const char *name, struct slice dirs, const struct stat *self,
		  struct real *ret)
{
	struct slice dir;

	while (slice_until(&dirs, ':', &dir)) {
		str_reset(&ret->path);
		str_add(&ret->path, dir.p, dir.len);
		str_addf(&ret->path, "/%s", name);
		if (ret->path.err)
			return ret->path.err;
		if (look(ret->path.text, self, &ret->script) == 0)
			return 0;
	}

	return -ENOENT;
}

int real_find(const char *given, const char *dirs, const char *self,
	      struct real *ret)
{
	struct stat own;
	int r;

	*ret = (struct real){ 0 };
	if (stat(self, &own) < 0)
		return -errno;
	if (given) {
		str_adds(&ret->path, given);
		r = ret->path.err;
		return r < 0 ? r : look(given, &own, &ret->script);
	}

	r = search("runc", slice_of(dirs), &own, ret);
	if (r == -ENOENT)
		r = search("crun", slice_of(dirs), &own, ret);
	if (r == -ENOENT) {
		str_reset(&ret->path);
		str_addf(&ret->path, "runc or crun in %s", dirs);
	}
	return r;
}
