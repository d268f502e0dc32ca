/* SPDX-License-Identifier: Apache-2.0 */
/* I/O counters of a container, from whichever version counts them. */
#include "io.h"

#include <errno.h>

#include "cgroup.h"
#include "str.h"

static int v2_read(struct cgroup *cg, struct io_stat *ret)
{
	autostr struct str text = { 0 };
	int r = cgroup_read_nearest(cg, CG_IO, "io.stat", &text);

	if (r == 0)
		io_v2_parse(str_text(&text), ret);

	return r;
}

int io_read(struct cgroup *cg, struct io_stat *ret)
{
	ret->n = 0;
	return cgroup_is_v2(cg, CG_IO) ? v2_read(cg, ret) : io_v1_read(cg, ret);
}

struct io_device *io_device_at(struct io_stat *stat, struct slice name)
{
	struct slice major;
	uint64_t ma;
	uint64_t mi;
	struct io_device *d;

	if (!slice_until(&name, ':', &major) || slice_u64(major, &ma) < 0 ||
	    slice_u64(name, &mi) < 0 || ma > UINT32_MAX || mi > UINT32_MAX)
		return NULL;

	for (size_t i = 0; i < stat->n; i++) {
		d = &stat->device[i];
		if (d->major == ma && d->minor == mi)
			return d;
	}
	if (stat->n == IO_DEVICES_MAX)
		return NULL;

	d = &stat->device[stat->n++];
	*d = (struct io_device){ .major = (uint32_t)ma, .minor = (uint32_t)mi };
	return d;
}
