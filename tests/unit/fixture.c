/* SPDX-License-Identifier: Apache-2.0 */
/* Directories that stand for a host and a container, see fixture.h. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "container.h"
#include "controllers.h"
#include "file.h"
#include "parse.h"
#include "view.h"

#define TEXT_MAX  (8 << 20)
#define DIR_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)

static int signed_parse(struct slice word, int64_t *ret)
{
	bool negative = word.len && *word.p == '-';
	uint64_t value;
	int r;

	word.p += negative;
	word.len -= negative;
	r = slice_u64(word, &value);
	if (r < 0 || value > INT64_MAX)
		return -EINVAL;

	*ret = negative ? -(int64_t)value : (int64_t)value;
	return 0;
}

static int number_set(struct slice key, int64_t value,
		      struct container_info *info, uint64_t *now_ns)
{
	if (slice_is(key, "now_ns"))
		*now_ns = (uint64_t)value;
	else if (slice_is(key, "start_ns"))
		info->start_ns = (uint64_t)value;
	else if (slice_is(key, "pid"))
		info->init = (pid_t)value;
	else if (slice_is(key, "no_swap"))
		info->no_swap = value;
	else if (slice_is(key, "boottime_offset"))
		info->boottime_offset = value;
	else if (slice_is(key, "time_namespace"))
		info->time_namespace = value;
	else
		return -EINVAL;

	return 0;
}

static int line_set(struct slice line, struct container_info *info,
		    uint64_t *now_ns)
{
	struct slice key;
	struct slice value;
	int64_t number;
	int r;

	if (!slice_word(&line, &key))
		return 0;
	if (!slice_word(&line, &value))
		return -EINVAL;

	if (slice_is(key, "cpu")) {
		info->cpu = slice_is(value, "host") ? CPU_HOST : CPU_QUOTA;
		return 0;
	}
	if (slice_is(key, "uptime")) {
		info->uptime = slice_is(value, "host") ? UPTIME_HOST
						       : UPTIME_CONTAINER;
		return 0;
	}

	r = signed_parse(value, &number);
	if (r < 0)
		return r;

	return number_set(key, number, info, now_ns);
}

static int info_read(int dir, struct container_info *info, uint64_t *now_ns)
{
	autostr struct str text = { 0 };
	struct slice rest;
	struct slice line;
	int r = file_read(dir, "init/info", TEXT_MAX, &text);

	if (r == -ENOENT)
		return 0;

	rest = slice_of(str_text(&text));
	while (r == 0 && slice_line(&rest, &line))
		r = line_set(line, info, now_ns);

	return r;
}

static int open_host(int dir, struct host **ret)
{
	autoclose int proc = openat(dir, "proc", DIR_FLAGS);
	autoclose int sys = openat(dir, "sys", DIR_FLAGS);
	autoclose int cgroup = openat(dir, "cgroup", DIR_FLAGS);

	if (proc < 0 || sys < 0 || cgroup < 0)
		return -errno;

	return host_open(take_fd(&proc), take_fd(&sys), take_fd(&cgroup), ret);
}

static int open_cgroup(int dir, const struct host *host, struct cgroup **ret)
{
	autopaths struct cgroup_paths paths = { 0 };
	autostr struct str text = { 0 };
	int r = file_read(dir, "init/cgroup", TEXT_MAX, &text);

	if (r < 0)
		return r;
	r = cgroup_paths_parse(str_text(&text), &paths);
	if (r < 0)
		return r;

	cgroup_paths_strip_init(&paths);
	return cgroup_open(host_hierarchies(host), &paths, ret);
}

/* One more than the highest CPU id the host can have. */
static unsigned cpus_of(struct host *host)
{
	autostr struct str text = { 0 };
	struct cpus possible;
	unsigned n = 0;

	if (host_read(host, HOST_CPU_POSSIBLE, 0, &text) < 0 ||
	    cpus_parse(str_text(&text), &possible) < 0)
		return CPUS_MAX;

	for (unsigned i = cpus_next(&possible, 0); i < CPUS_MAX;
	     i = cpus_next(&possible, i + 1))
		n = i + 1;

	return n;
}

static int open_container(int dir, struct fixture *f)
{
	struct container_info info = { 0 };
	struct cgroup *cgroup;
	unsigned cpus = cpus_of(f->host);
	int r;

	f->now_ns = 1000 * NSEC_PER_SEC;
	r = info_read(dir, &info, &f->now_ns);
	if (r < 0)
		return r;

	f->state = calloc(1, container_state_size(cpus) + DISKS_SIZE);
	if (!f->state)
		return -ENOMEM;
	f->state->cputime_cpus = cpus;
	f->state->disks.at = container_state_size(cpus);

	r = open_cgroup(dir, f->host, &cgroup);
	if (r < 0)
		return r;

	return container_open(f->host, cgroup, &info, f->state, &f->container);
}

int fixture_open(const char *path, struct fixture *ret)
{
	autoclose int top = open(FIXTURES, DIR_FLAGS);
	autoclose int dir = openat(top, path, DIR_FLAGS);
	struct fixture f = { 0 };
	int r;

	if (dir < 0)
		return -errno;

	r = open_host(dir, &f.host);
	if (r == 0)
		r = open_container(dir, &f);
	if (r < 0) {
		fixture_close(&f);
		return r;
	}

	*ret = f;
	return 0;
}

void fixture_close(struct fixture *f)
{
	container_close(f->container);
	host_close(f->host);
	free(f->state);
	*f = (struct fixture){ 0 };
}

int fixture_render(struct fixture *f, const char *view, struct str *out)
{
	struct snapshot *s;
	const struct view *v;
	struct star star = { 0 };
	int r;

	v = view_find(view, &star);
	if (!v)
		return -ENOENT;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;

	s->star = star;
	r = container_gather(f->container, v->needs, f->now_ns, s);
	if (r == 0)
		v->render(s, out);
	snapshot_free(s);
	free(s);

	return r < 0 ? r : out->err;
}

int fixture_differ(const char *got, const char *want, struct str *out)
{
	struct slice a = slice_of(got);
	struct slice b = slice_of(want);

	for (unsigned n = 1; a.len || b.len; n++) {
		struct slice x = { "", 0 };
		struct slice y = { "", 0 };
		bool more_a = slice_line(&a, &x);
		bool more_b = slice_line(&b, &y);

		if (more_a == more_b && x.len == y.len &&
		    strncmp(x.p, y.p, x.len) == 0)
			continue;
		str_addf(out, "line %u\n  got  %s%.*s\n  want %s%.*s\n", n,
			 more_a ? "" : "(end)", (int)x.len, x.p,
			 more_b ? "" : "(end)", (int)y.len, y.p);
		return 1;
	}

	if (strcmp(got, want) == 0)
		return 0;
	str_adds(out, "the last line's end\n");
	return 1;
}
