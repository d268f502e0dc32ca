/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon says of itself: asked by a child, and said in a line or two.
 */
#include "figures.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>

#include "base.h"
#include "crew.h"
#include "file.h"
#include "json.h"
#include "str.h"
#include "survey.h"

#define TEXT_MAX (256U << 10)

struct job {
	const char *mountpoint;
	struct figures *shown; /* memory of both */
};

/* In a child: the daemon may stop answering at any time. */
static int ask(void *arg)
{
	const struct job *job = arg;
	autoclose int root =
		open(job->mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autostr struct str text = { 0 };
	int r;

	if (root < 0)
		return -errno;

	r = file_read(root, "metrics", TEXT_MAX, &text);
	if (r == 0)
		figures_parse(str_text(&text), job->shown);
	return r;
}

void figures_read(struct survey *s)
{
	const struct crew crew = { .work = ask, .timeout_ms = s->timeout_ms };
	struct job what = { .mountpoint = s->mountpoint };
	struct crew_job job = { .arg = &what };

	if (!s->mountpoint || s->answer < 0)
		return;

	what.shown = mmap(NULL, sizeof(*what.shown), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (what.shown == MAP_FAILED)
		return;

	if (crew_run(&crew, &job, 1) == 0 && job.result == 0)
		s->figures = *what.shown;
	(void)munmap(what.shown, sizeof(*what.shown));
}

static const struct {
	uint64_t ns;
	const char *name;
} units[] = {
	{ NSEC_PER_SEC, "s" },
	{ 1000000, "ms" },
	{ 1000, "us" },
	{ 1, "ns" },
};

/* "p99 within 0.5 ms" */
static void within_show(const struct figures *f, unsigned percent,
			struct str *out)
{
	uint64_t ns = figures_within(f, percent);
	size_t i = 0;

	if (ns == 0)
		return;
	if (ns == UINT64_MAX) {
		str_addf(out, ", p%u above 1 s", percent);
		return;
	}

	while (i < ARRAY_SIZE(units) - 1 && ns < units[i].ns)
		i++;
	str_addf(out, ", p%u within %" PRIu64 " %s", percent, ns / units[i].ns,
		 units[i].name);
}

void figures_show(const struct figures *f, struct str *out)
{
	if (!f->known)
		return;

	str_addf(out, "served: %" PRIu64 " reads, %" PRIu64 " failed", f->reads,
		 f->errors);
	within_show(f, 50, out);
	within_show(f, 99, out);
	str_addf(out,
		 "\nworkers: %" PRIu64 " crashed, %" PRIu64 " hung, %" PRIu64
		 " reloaded; %" PRIu64 " poisoned requests",
		 f->crashed, f->hung, f->reloaded, f->poisoned);
	str_addf(out,
		 "; %" PRIu64 " repairs: %" PRIu64 " views, %" PRIu64
		 " failed\n",
		 f->repairs, f->repaired, f->failed);
}

static void within_json(const struct figures *f, const char *key,
			unsigned percent, struct str *out)
{
	uint64_t ns = figures_within(f, percent);

	if (ns == 0 || ns == UINT64_MAX)
		json_put_null(out, key);
	else
		json_put_u64(out, key, ns);
}

void figures_json(const struct figures *f, struct str *out)
{
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "reads", f->reads },
		{ "read_errors", f->errors },
		{ "workers_crashed", f->crashed },
		{ "workers_hung", f->hung },
		{ "workers_reloaded", f->reloaded },
		{ "workers_refused", f->refused },
		{ "requests_poisoned", f->poisoned },
		{ "remount_runs", f->repairs },
		{ "views_repaired", f->repaired },
		{ "views_failed", f->failed },
	};

	if (!f->known) {
		json_put_null(out, "metrics");
		return;
	}

	json_put_begin(out, "metrics", '{');
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		json_put_u64(out, numbers[i].key, numbers[i].value);
	within_json(f, "read_p50_ns", 50, out);
	within_json(f, "read_p99_ns", 99, out);
	json_put_end(out, '}');
}
