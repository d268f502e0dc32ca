/* SPDX-License-Identifier: Apache-2.0 */
/* One disk of the host, Documentation/ABI/stable/sysfs-block. */
#include "disk.h"

#include <errno.h>
#include <string.h>

#include "file.h"
#include "parse.h"
#include "str.h"

#define TEXT_MAX 4096

static int attribute_read(int sys, const char *name, const char *attribute,
			  struct str *out)
{
	autostr struct str path = { 0 };
	int r;

	if (*name == '\0' || *name == '.' || strchr(name, '/'))
		return -EINVAL;

	str_addf(&path, "block/%s/%s", name, attribute);
	if (path.err)
		return path.err;

	r = file_read(sys, path.text, TEXT_MAX, out);
	return r == -ENOENT ? -ENODEV : r;
}

int disk_dev_read(int sys, const char *name, dev_t *ret)
{
	autostr struct str text = { 0 };
	struct slice rest;
	struct slice line = { "", 0 };
	int r = attribute_read(sys, name, "dev", &text);

	*ret = 0;
	if (r == -ENODEV)
		return attribute_read(sys, name, "stat", &text);
	if (r < 0)
		return r;

	rest = slice_of(str_text(&text));
	(void)slice_line(&rest, &line);
	return slice_dev(line, ret);
}

int disk_stat_read(int sys, const char *name, struct str *out)
{
	return attribute_read(sys, name, "stat", out);
}
