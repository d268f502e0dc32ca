/* SPDX-License-Identifier: Apache-2.0 */
/* I/O counters of a container, from whichever version counts them. */
#include "io.h"

#include <errno.h>
#include <stdlib.h>

#include "base.h"
#include "cgroup.h"
#include "str.h"

void io_free(struct io_stat *stat)
{
	free(stat->device);
	*stat = (struct io_stat){ 0 };
}

int io_order(const void *a, const void *b)
{
	const struct io_device *x = a;
	const struct io_device *y = b;

	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;

	return x->minor < y->minor ? -1 : x->minor > y->minor;
}

const struct io_device *io_find(const struct io_device *list, size_t n,
				uint32_t major, uint32_t minor)
{
	const struct io_device key = { .major = major, .minor = minor };

	return n ? bsearch(&key, list, n, sizeof(*list), io_order) : NULL;
}

void io_merge(struct io_device *to, const struct io_device *from)
{
	to->reads = max_u64(to->reads, from->reads);
	to->read_bytes = max_u64(to->read_bytes, from->read_bytes);
	to->writes = max_u64(to->writes, from->writes);
	to->written_bytes = max_u64(to->written_bytes, from->written_bytes);
	to->discards = max_u64(to->discards, from->discards);
	to->discarded_bytes =
		max_u64(to->discarded_bytes, from->discarded_bytes);
}

void io_sort(struct io_stat *stat)
{
	size_t kept = 0;

	if (stat->n == 0)
		return;

	qsort(stat->device, stat->n, sizeof(*stat->device), io_order);
	for (size_t i = 1; i < stat->n; i++)
		if (io_order(&stat->device[kept], &stat->device[i]) == 0)
			io_merge(&stat->device[kept], &stat->device[i]);
		else
			stat->device[++kept] = stat->device[i];
	stat->n = kept + 1;
}

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
	int r = cgroup_is_v2(cg, CG_IO) ? v2_read(cg, ret)
					: io_v1_read(cg, ret);

	io_sort(ret);
	return r < 0 ? r : ret->err;
}

static struct io_device *row_add(struct io_stat *stat, uint32_t major,
				 uint32_t minor)
{
	struct io_device *d;

	if (!stat->device || stat->n == stat->cap) {
		size_t cap = stat->cap ? 2 * stat->cap : 16;

		d = reallocarray(stat->device, cap, sizeof(*d));
		if (!d) {
			stat->err = -ENOMEM;
			return NULL;
		}
		stat->device = d;
		stat->cap = cap;
	}

	d = &stat->device[stat->n++];
	*d = (struct io_device){ .major = major, .minor = minor };
	return d;
}

struct io_device *io_device_at(struct io_stat *stat, struct slice name)
{
	struct slice major;
	uint64_t ma;
	uint64_t mi;
	struct io_device *last;

	if (!slice_until(&name, ':', &major) || slice_u64(major, &ma) < 0 ||
	    slice_u64(name, &mi) < 0 || ma > UINT32_MAX || mi > UINT32_MAX)
		return NULL;

	last = stat->n ? &stat->device[stat->n - 1] : NULL;
	if (last && last->major == ma && last->minor == mi)
		return last;

	return row_add(stat, (uint32_t)ma, (uint32_t)mi);
}
