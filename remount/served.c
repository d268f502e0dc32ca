/* SPDX-License-Identifier: Apache-2.0 */
/* The connection that containers should have. */
#include "served.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base.h"
#include "crew.h"
#include "machine.h"
#include "mountinfo.h"
#include "str.h"
#include "survey.h"

/* In a child: the daemon may never answer. */
static int ask(void *arg)
{
	const struct survey *s = arg;
	autostr struct str path = { 0 };
	autoclose int fd = -1;
	char byte;
	ssize_t n;

	str_addf(&path, "%s/proc/meminfo", s->mountpoint);
	if (path.err)
		return path.err;

	fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, &byte, 1);
	if (n < 0)
		return -errno;

	return n ? 0 : -ENODATA;
}

/* The newest device is that of the last daemon. Where it is mounted is asked of
 * the kernel, so that nobody has to tell us what the daemon was told. */
static int find_mount(struct survey *s)
{
	autostr struct str text = { 0 };
	autostr struct str target = { 0 };
	const struct device *newest = &s->devices.list[s->devices.count - 1];
	struct mountinfo m;
	struct slice rest;
	int r = mountinfo_read(s->machine->proc, 0, MOUNTINFO_MAX, &text);

	if (r < 0)
		return r;

	rest = slice_of(str_text(&text));
	while (mountinfo_next(&rest, &m)) {
		if (!device_is(newest, m.dev, m.source) ||
		    !slice_is(m.type, "fuse.resview") || !slice_is(m.root, "/"))
			continue;
		mountinfo_unescape(m.target, &target);
		if (target.err)
			return target.err;
		s->mountpoint = take_pointer(&target.text);
		return 0;
	}

	return 0;
}

int served_find(struct survey *s)
{
	const struct crew crew = { .work = ask, .timeout_ms = s->timeout_ms };
	struct crew_job job = { .arg = s };
	int r = devices_read(s->machine->run, &s->devices);

	if (r == 0 && s->devices.count)
		r = find_mount(s);
	if (r < 0)
		return r;

	s->answer = -ENODEV;
	if (!s->mountpoint ||
	    origin_open(s->machine->proc, s->mountpoint, &s->origin) < 0)
		return 0;

	r = crew_run(&crew, &job, 1);
	s->answer = job.result;
	return r;
}
