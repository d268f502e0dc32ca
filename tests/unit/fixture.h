/* SPDX-License-Identifier: Apache-2.0 */
/* A fixture is a directory that stands for a host and one container on it:
 *
 *	proc/ sys/    the host's; may be symbolic links into ../hosts/<name>/
 *	cgroup/       its /sys/fs/cgroup: v2 has cgroup.controllers at the top,
 *	              v1 a folder per controller, hybrid also unified/. Every
 *	              cgroup has cgroup.procs, or it counts as removed.
 *	init/cgroup   /proc/PID/cgroup of the container's init
 *	init/info     "key value" lines, each optional: now_ns start_ns pid
 *	              cpu(quota|host) uptime(container|host) no_swap(0|1)
 *	              boottime_offset time_namespace(0|1)
 *	expect/<path> what the view <path> must print
 */
#pragma once

#include <stdint.h>

struct container;
struct container_state;
struct host;
struct str;

struct fixture {
	struct host *host;
	struct container_state *state; /* all zero at first */
	struct container *container;
	uint64_t now_ns; /* when fixture_render() looks; the test may change it
			  */
};

/* Open the fixture PATH (absolute, or relative to tests/fixtures). Returns 0 or
 * -errno; on success fixture_close() it. */
int fixture_open(const char *path, struct fixture *ret);
void fixture_close(struct fixture *f);

/* Append what VIEW ("proc/meminfo") shows at now_ns. Returns 0, -ENOENT when
 * there is no such view, or -errno. */
int fixture_render(struct fixture *f, const char *view, struct str *out);

/* Append the first line in which GOT is not WANT, for a failure's message.
 * Returns whether the texts differ. */
int fixture_differ(const char *got, const char *want, struct str *out);
