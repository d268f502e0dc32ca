/* SPDX-License-Identifier: Apache-2.0 */
/* What it takes to gather and to render a view of a fixture, beside a copy of
 * its text: no FUSE, and files instead of the kernel's. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base.h"
#include "container.h"
#include "fixture.h"
#include "str.h"
#include "view.h"

#define STEP_NS (20 * 1000000ULL) /* between two readings: two ticks */

/* ns, the least of all rounds. */
struct cost {
	uint64_t gather;
	uint64_t render;
	uint64_t copy;
};

struct job {
	const struct view *view;
	struct snapshot snapshot;
	struct str text;
	struct str copy;
};

static uint64_t now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* These two stand by themselves where instructions are counted. */
static __attribute__((noinline)) int gather_view(struct job *j,
						 struct fixture *f)
{
	snapshot_reset(&j->snapshot);
	return container_gather(f->container, j->view->needs, f->now_ns,
				&j->snapshot);
}

static __attribute__((noinline)) void render_view(struct job *j)
{
	str_reset(&j->text);
	j->view->render(&j->snapshot, &j->text);
}

static int measure(struct job *j, struct fixture *f, struct cost *least)
{
	uint64_t start = now();
	uint64_t gathered;
	uint64_t rendered;
	int r;

	f->now_ns += STEP_NS;
	r = gather_view(j, f);
	if (r < 0)
		return r;

	gathered = now();
	render_view(j);
	rendered = now();
	str_reset(&j->copy);
	str_add(&j->copy, str_text(&j->text), j->text.len);

	least->copy = min_u64(least->copy, now() - rendered);
	least->render = min_u64(least->render, rendered - gathered);
	least->gather = min_u64(least->gather, gathered - start);
	return j->text.err;
}

static int run(const char *fixture, const char *view, unsigned rounds)
{
	struct cost least = { UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct fixture f = { 0 };
	struct job *j = calloc(1, sizeof(*j));
	int r = j ? fixture_open(fixture, &f) : -ENOMEM;

	if (r == 0) {
		j->view = view_find(view, &j->snapshot.star);
		r = j->view ? 0 : -ENOENT;
	}
	for (unsigned i = 0; i < rounds && r == 0; i++)
		r = measure(j, &f, &least);
	if (r == 0)
		printf("%s\t%s\t%zu\t%.2f\t%.2f\t%.2f\t%.1f\n", fixture, view,
		       j->text.len, (double)least.gather / 1000,
		       (double)least.render / 1000, (double)least.copy / 1000,
		       (double)least.render / (double)least.copy);

	if (j) {
		snapshot_free(&j->snapshot);
		str_free(&j->text);
		str_free(&j->copy);
	}
	free(j);
	fixture_close(&f);
	return r;
}

int main(int argc, char **argv)
{
	unsigned rounds = 500;
	int at = 1;
	int r = 0;

	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		rounds = (unsigned)max_u64(strtoul(argv[2], NULL, 10), 1);
		at = 3;
	}
	if (argc - at < 2 || *argv[at] == '-') {
		fprintf(stderr, "usage: views [-n ROUNDS] FIXTURE VIEW...\n");
		return 2;
	}

	for (int i = at + 1; i < argc && r == 0; i++) {
		r = run(argv[at], argv[i], rounds);
		if (r < 0) {
			errno = -r;
			fprintf(stderr, "views: %s of %s: %m\n", argv[i],
				argv[at]);
		}
	}

	return r < 0;
}
