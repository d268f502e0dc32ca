/* SPDX-License-Identifier: Apache-2.0 */
/* What containers see of their limits: asked of the daemon, by a child. */
#include "shown_limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "base.h"
#include "cpus.h"
#include "crew.h"
#include "file.h"
#include "parse.h"
#include "str.h"
#include "survey.h"

#define TEXT_MAX (64U << 10)

/* What the child leaves for us, in memory of both: so much of it is there as
 * there was time for. */
struct shown {
	uint64_t memory;
	unsigned cpus;
};

struct job {
	const struct survey *survey;
	struct shown *shown; /* one for each container */
};

/* FILE as the container ID sees it. */
static int view_read(int root, const char *id, const char *file,
		     struct str *text)
{
	autostr struct str path = { 0 };

	str_addf(&path, "containers/%s/%s", id, file);
	if (path.err)
		return path.err;

	str_reset(text);
	return file_read(root, path.text, TEXT_MAX, text);
}

static void container_ask(int root, const char *id, struct shown *ret)
{
	autostr struct str text = { 0 };
	uint64_t kb = 0;
	const struct key total = { "MemTotal:", &kb };
	struct cpus online;

	if (view_read(root, id, "proc/meminfo", &text) == 0) {
		(void)parse_keys(text.text, &total, 1);
		ret->memory = mul_cap(kb, 1024);
	}
	if (view_read(root, id, "sys/devices/system/cpu/online", &text) == 0 &&
	    cpus_parse(text.text, &online) == 0)
		ret->cpus = cpus_count(&online);
}

/* In a child: the daemon may stop answering at any time. */
static int ask_all(void *arg)
{
	const struct job *job = arg;
	const struct survey *s = job->survey;
	autoclose int root =
		open(s->mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return -errno;

	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].record)
			container_ask(root, s->list[i].id, &job->shown[i]);

	return 0;
}

int limits_read(struct survey *s)
{
	const struct crew crew = { .work = ask_all,
				   .timeout_ms = s->timeout_ms };
	struct job what = { .survey = s };
	struct crew_job job = { .arg = &what };
	size_t size = s->count * sizeof(*what.shown);
	int r;

	if (!s->mountpoint || s->answer < 0 || s->count == 0)
		return 0;

	what.shown = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (what.shown == MAP_FAILED)
		return -errno;

	r = crew_run(&crew, &job, 1);
	for (size_t i = 0; i < s->count; i++) {
		s->list[i].memory = what.shown[i].memory;
		s->list[i].cpus = what.shown[i].cpus;
	}
	(void)munmap(what.shown, size);

	return r < 0 ? r : job.result;
}
