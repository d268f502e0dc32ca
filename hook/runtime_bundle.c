/* SPDX-License-Identifier: Apache-2.0 */
/* Read, changed, and put in the place of what was read. */
#include "runtime_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base.h"
#include "edits.h"
#include "file.h"
#include "oci.h"
#include "runtime_call.h"
#include "splice.h"

/* A link's target would stay as it is while the link is replaced; a pipe would
 * keep us waiting. */
static int spec_open(int dir, const char *name, struct stat *st)
{
	autoclose int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, st) < 0)
		return -errno;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;

	return take_fd(&fd);
}

/* The engine chose the bundle and wrote the file; no container of it runs yet.
 * The image chose strings in it. Should somebody else own the directory, then
 * the worst is that he gets, in it, a file of his own with our hook. */
int bundle_add(const struct call *c, const struct entry *e, unsigned flags)
{
	autoclose int dir = open(c->bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = -1;
	autoedits struct edits edits = { 0 };
	autostr struct str spec = { 0 };
	autostr struct str out = { 0 };
	struct slice text;
	struct stat st;
	int r;

	if (dir < 0)
		return -errno;
	fd = spec_open(dir, c->spec, &st);
	r = fd < 0 ? fd : file_read_fd(fd, OCI_CONFIG_MAX, &spec);
	if (r < 0)
		return r;

	text = (struct slice){ str_text(&spec), spec.len };
	r = splice_find(text, e, flags, &edits);
	if (r != 0)
		return r < 0 ? r : 0;

	edits_apply(&edits, text, &out);
	if (out.err)
		return out.err;

	return file_replace_as(dir, c->spec, out.text, out.len, &st);
}
