/* SPDX-License-Identifier: Apache-2.0 */
/* blkio of cgroup v1: "8:0 Read 123" rows, bytes and operations in two files.
 */
#include "io.h"

#include <errno.h>

#include "base.h"
#include "cgroup.h"
#include "str.h"

/* The throttling layer sees every request; BFQ only those of its devices. CFQ,
 * which the documentation is about, is gone since Linux 5.0. Older kernels
 * have the throttling layer without _recursive. */
static const struct {
	const char *bytes;
	const char *operations;
} sources[] = {
	{ "blkio.throttle.io_service_bytes_recursive",
	  "blkio.throttle.io_serviced_recursive" },
	{ "blkio.bfq.io_service_bytes_recursive",
	  "blkio.bfq.io_serviced_recursive" },
	{ "blkio.throttle.io_service_bytes", "blkio.throttle.io_serviced" },
};

static void count_set(struct io_device *d, struct slice what, bool bytes,
		      uint64_t count)
{
	const struct {
		const char *name;
		uint64_t *bytes;
		uint64_t *operations;
	} counts[] = {
		{ "Read", &d->read_bytes, &d->reads },
		{ "Write", &d->written_bytes, &d->writes },
		{ "Discard", &d->discarded_bytes, &d->discards },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (slice_is(what, counts[i].name))
			*(bytes ? counts[i].bytes : counts[i].operations) =
				count;
}

void io_v1_parse(const char *text, bool bytes, struct io_stat *ret)
{
	struct slice rest = slice_of(text);
	struct slice line;

	while (slice_line(&rest, &line)) {
		struct slice name;
		struct slice what;
		uint64_t count;
		struct io_device *d;

		if (!slice_word(&line, &name) || !slice_word(&line, &what) ||
		    slice_next_u64(&line, &count) < 0)
			continue;

		d = io_device_at(ret, name);
		if (d)
			count_set(d, what, bytes, count);
	}
}

static int source_read(struct cgroup *cg, size_t i, struct io_stat *ret)
{
	autostr struct str bytes = { 0 };
	autostr struct str operations = { 0 };
	int r = cgroup_read_nearest(cg, CG_IO, sources[i].bytes, &bytes);

	if (r < 0)
		return r;
	r = cgroup_read_nearest(cg, CG_IO, sources[i].operations, &operations);
	if (r < 0 && r != -ENOENT)
		return r;

	io_v1_parse(str_text(&bytes), true, ret);
	io_v1_parse(str_text(&operations), false, ret);
	return 0;
}

/* All sources: each device has its scheduler, and io_sort() brings together
 * what several tell of it. */
int io_v1_read(struct cgroup *cg, struct io_stat *ret)
{
	int found = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		int r = source_read(cg, i, ret);

		if (r == 0)
			found = 0;
		else if (r != -ENOENT)
			return r;
	}

	return found;
}
