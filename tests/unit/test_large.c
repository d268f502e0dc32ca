/* SPDX-License-Identifier: Apache-2.0 */
/* Machines with hundreds and thousands of CPUs: texts of a MiB, lines of many
 * KiB, and what it costs to render them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base.h"
#include "container.h"
#include "fixture.h"
#include "parse.h"
#include "str.h"
#include "tree.h"
#include "view.h"

#define INTERRUPTS 20000
#define RUNS       50
#define TRIES      100
#define RATIO_MAX  3

struct large {
	struct tree tree;
	struct fixture f;
	struct str cpuinfo;
};

/* As long as those of an x86 server: 1.9 KiB, most of it flags. */
static void block_add(struct str *out, unsigned cpu, size_t flags)
{
	str_addf(out,
		 "processor\t: %u\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
		 "model\t\t: 143\nmodel name\t: Intel(R) Xeon(R)\nstepping\t: "
		 "8\nmicrocode\t: 0x2b0004b1\ncpu MHz\t\t: 1900.000\n"
		 "cache size\t: 115200 KB\nphysical id\t: %u\nsiblings\t: 128\n"
		 "core id\t\t: %u\ncpu cores\t: 64\napicid\t\t: %u\n"
		 "initial apicid\t: %u\nfpu\t\t: yes\nfpu_exception\t: yes\n"
		 "cpuid level\t: 32\nwp\t\t: yes\nflags\t\t:",
		 cpu, cpu / 128, cpu % 64, cpu, cpu);
	for (size_t i = 0; i < flags; i++)
		str_adds(out, " avx512bw");
	str_adds(out, "\nbogomips\t: 3800.00\nclflush size\t: 64\n"
		      "power management:\n\n");
}

static void stat_write(const struct tree *t, unsigned cpus)
{
	autostr struct str text = { 0 };

	str_adds(&text, "cpu  1 2 3 4 5 6 7 8 9 10\n");
	for (unsigned i = 0; i < cpus; i++)
		str_addf(&text, "cpu%u 1 2 3 4 5 6 7 8 9 10\n", i);
	str_adds(&text, "intr 1");
	for (unsigned i = 0; i < INTERRUPTS; i++)
		str_adds(&text, " 123456");
	str_adds(&text, "\nctxt 5\nbtime 1000\nprocesses 5\nprocs_running 1\n"
			"procs_blocked 0\nsoftirq 1 2 3\n");
	tree_write(t, "proc/stat", "%s", text.text);
}

/* A host with so many CPUs and flags, and a container on all of them. */
static void open_large(struct large *l, unsigned cpus, size_t flags)
{
	memset(l, 0, sizeof(*l));
	tree_make(&l->tree);
	for (unsigned i = 0; i < cpus; i++)
		block_add(&l->cpuinfo, i, flags);
	tree_write(&l->tree, "proc/cpuinfo", "%s", l->cpuinfo.text);
	stat_write(&l->tree, cpus);
	for (size_t i = 0; i < 3; i++) {
		static const char *const files[] = { "online", "present",
						     "possible" };
		char name[64];

		(void)snprintf(name, sizeof(name), "sys/devices/system/cpu/%s",
			       files[i]);
		tree_write(&l->tree, name, "0-%u\n", cpus - 1);
	}

	tree_write(&l->tree, "init/info", "now_ns %llu\nstart_ns %llu\n",
		   259200 * NSEC_PER_SEC, 1000 * NSEC_PER_SEC);
	tree_write(&l->tree, "init/cgroup", "0::/box\n");
	tree_write(&l->tree, "cgroup/cgroup.controllers", "cpu\n");
	tree_write(&l->tree, "cgroup/box/cgroup.procs", "\n");
	tree_write(&l->tree, "cgroup/box/cpu.stat",
		   "usage_usec 9000000000000\nuser_usec 8000000000000\n"
		   "system_usec 1000000000000\nthrottled_usec 900000000000\n");
	assert_int_equal(fixture_open(l->tree.path, &l->f), 0);
}

static void close_large(struct large *l)
{
	fixture_close(&l->f);
	tree_remove(&l->tree);
	str_free(&l->cpuinfo);
}

/* How many lines of TEXT begin with WORD? */
static unsigned lines_count(const char *text, const char *word)
{
	struct slice rest = slice_of(text);
	struct slice line;
	unsigned n = 0;

	while (slice_line(&rest, &line))
		n += line.len >= strlen(word) &&
		     memcmp(line.p, word, strlen(word)) == 0;

	return n;
}

static void shows_all(unsigned cpus, size_t flags)
{
	autostr struct str cpuinfo = { 0 };
	autostr struct str stat = { 0 };
	autostr struct str online = { 0 };
	struct large l;
	char want[32];

	open_large(&l, cpus, flags);
	assert_int_equal(fixture_render(&l.f, "proc/cpuinfo", &cpuinfo), 0);
	assert_int_equal(fixture_render(&l.f, "proc/stat", &stat), 0);
	assert_int_equal(
		fixture_render(&l.f, "sys/devices/system/cpu/online", &online),
		0);

	/* 128 CPUs on 64 cores of each package: as the host has it. */
	assert_int_equal(cpuinfo.len, l.cpuinfo.len);
	assert_memory_equal(cpuinfo.text, l.cpuinfo.text, cpuinfo.len);
	assert_int_equal(lines_count(stat.text, "cpu"), cpus + 1);
	assert_int_equal(lines_count(stat.text, "softirq 0 0 0"), 1);
	(void)snprintf(want, sizeof(want), "0-%u\n", cpus - 1);
	assert_string_equal(online.text, want);
	close_large(&l);
}

static void hundreds_of_cpus(void **state)
{
	(void)state;
	shows_all(512, 170);
}

static void as_many_cpus_as_a_kernel_can_have(void **state)
{
	(void)state;
	shows_all(CPUS_MAX, 4);
}

static void lines_longer_than_any_buffer(void **state)
{
	(void)state;
	shows_all(128, 10000);
}

static uint64_t now(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* TEXT in pieces that end with one of ENDS, or in one when that is "": their
 * lengths, and a 0. */
static size_t *pieces_of(const struct str *text, const char *ends)
{
	size_t *piece = calloc(text->len + 1, sizeof(*piece));
	size_t n = 0;

	assert_non_null(piece);
	for (const char *at = text->text; *at; at += piece[n++]) {
		piece[n] = *ends ? strcspn(at, ends) : text->len;
		piece[n] += at[piece[n]] != '\0';
	}

	return piece;
}

/* ns that a copy of TEXT in such pieces takes, at best of RUNS. */
static uint64_t copy_ns(const struct str *text, const char *ends)
{
	autofree size_t *pieces = pieces_of(text, ends);
	autostr struct str out = { 0 };
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < RUNS; i++) {
		const char *at = text->text;
		uint64_t start = now();

		str_reset(&out);
		for (const size_t *n = pieces; *n; at += *n++)
			str_add(&out, at, *n);
		best = min_u64(best, now() - start);
	}

	return best;
}

/* ns that it takes to gather what V needs into S, each time anew. */
static uint64_t gather_ns(const struct view *v, struct large *l,
			  struct snapshot *s)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < RUNS; i++) {
		uint64_t start;

		snapshot_reset(s);
		l->f.now_ns += NSEC_PER_SEC / 1000;
		start = now();
		assert_int_equal(container_gather(l->f.container, v->needs,
						  l->f.now_ns, s),
				 0);
		best = min_u64(best, now() - start);
	}

	return best;
}

static uint64_t render_ns(const struct view *v, const struct snapshot *s,
			  struct str *out)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < RUNS; i++) {
		uint64_t start;

		str_reset(out);
		start = now();
		v->render(s, out);
		best = min_u64(best, now() - start);
	}

	return best;
}

/* A view that is put together of larger pieces is measured by a copy in one, a
 * view of numbers by a copy of each, for they have to be written somehow.
 * Sanitizers and unoptimised code measure themselves. */
static void costs_little(const char *view, const char *ends)
{
	const struct view *v = view_find(view, NULL);
	struct snapshot *s = calloc(1, sizeof(*s));
	autostr struct str out = { 0 };
	double best = 1e9;
	struct large l;

	assert_non_null(s);
	open_large(&l, 512, 170);
	print_message("%s: gathered in %llu ns\n", view,
		      (unsigned long long)gather_ns(v, &l, s));
	for (int i = 0; i < TRIES && best > RATIO_MAX; i++) {
		uint64_t render = render_ns(v, s, &out);
		uint64_t copied = copy_ns(&out, ends);

		best = (double)render / (double)copied;
		print_message("%s: %zu bytes, %llu ns, %.1f times a copy of "
			      "%s, %.1f of all at once\n",
			      view, out.len, (unsigned long long)render, best,
			      *ends ? "each number" : "it",
			      (double)render / (double)copy_ns(&out, ""));
	}
	snapshot_free(s);
	free(s);
	close_large(&l);

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) &&                 \
	!defined(__SANITIZE_THREAD__)
	assert_true(best <= RATIO_MAX);
#endif
}

static void rendering_costs_little_more_than_copying(void **state)
{
	(void)state;
	costs_little("proc/cpuinfo", "");
	costs_little("proc/stat", " \n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hundreds_of_cpus),
		cmocka_unit_test(as_many_cpus_as_a_kernel_can_have),
		cmocka_unit_test(lines_longer_than_any_buffer),
		cmocka_unit_test(rendering_costs_little_more_than_copying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
