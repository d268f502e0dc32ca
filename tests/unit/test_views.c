/* SPDX-License-Identifier: Apache-2.0 */
/* Every fixture's expect/ files against what the views print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <string.h>

#include "base.h"
#include "file.h"
#include "fixture.h"
#include "str.h"
#include "view.h"

#define TEXT_MAX (8 << 20)

/* One expected file: "<case>/expect/<view path>", taken apart. */
struct expectation {
	char *path; /* below tests/fixtures */
	char *fixture;
	const char *view;
};

struct expectations {
	struct expectation *all;
	size_t n;
};

static void shows_what_is_expected(void **state)
{
	const struct expectation *e = *state;
	autoclose int top = open(FIXTURES, O_PATH | O_CLOEXEC);
	autostr struct str want = { 0 };
	autostr struct str got = { 0 };
	autostr struct str difference = { 0 };
	struct fixture f;

	if (!view_find(e->view, NULL))
		fail_msg("%s: there is no such view", e->path);
	assert_int_equal(file_read(top, e->path, TEXT_MAX, &want), 0);

	if (fixture_open(e->fixture, &f) < 0)
		fail_msg("%s: cannot be opened", e->fixture);
	if (fixture_render(&f, e->view, &got) < 0)
		fail_msg("%s: cannot be rendered", e->path);
	fixture_close(&f);

	if (fixture_differ(str_text(&got), str_text(&want), &difference))
		fail_msg("%s: %s", e->path, difference.text);
}

/* The harness must not pass what it should fail. */
static void unknown_views_are_refused(void **state)
{
	struct fixture f = { 0 };
	autostr struct str out = { 0 };

	(void)state;
	assert_int_equal(fixture_render(&f, "proc/nothing", &out), -ENOENT);
	assert_int_equal(fixture_open("no-such-fixture", &f), -ENOENT);
	assert_int_equal(fixture_differ("a\nb\n", "a\nb\n", &out), 0);
	assert_int_equal(fixture_differ("a\nb\n", "a\n", &out), 1);
	assert_int_equal(fixture_differ("a\n", "a", &out), 1);
	assert_int_equal(fixture_differ("", "\n", &out), 1);
}

static void expectation_add(struct expectations *list, const char *path)
{
	const char *expect = strstr(path, "/expect/");
	struct expectation *more;

	assert_non_null(expect);
	more = realloc(list->all, (list->n + 1) * sizeof(*more));
	assert_non_null(more);
	list->all = more;
	more += list->n++;

	more->path = strdup(path);
	more->fixture = strndup(path, (size_t)(expect - path));
	assert_true(more->path && more->fixture);
	more->view = more->path + (expect - path) + strlen("/expect/");
}

/* Walk down only where expectations are. */
static bool interesting(const FTSENT *entry)
{
	return entry->fts_level != 2 || strcmp(entry->fts_name, "expect") == 0;
}

static void expectations_find(struct expectations *list)
{
	char top[] = FIXTURES;
	char *roots[] = { top, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	assert_non_null(walk);
	while ((entry = fts_read(walk))) {
		if (entry->fts_info == FTS_D && !interesting(entry))
			(void)fts_set(walk, entry, FTS_SKIP);
		if (entry->fts_info == FTS_F && entry->fts_level > 2)
			expectation_add(list, entry->fts_path + sizeof(top));
	}
	(void)fts_close(walk);
}

int main(void)
{
	struct expectations list = { 0 };
	struct CMUnitTest *tests;
	int r;

	expectations_find(&list);
	tests = calloc(list.n + 1, sizeof(*tests));
	if (!tests)
		abort();

	tests[0] =
		(struct CMUnitTest)cmocka_unit_test(unknown_views_are_refused);
	for (size_t i = 0; i < list.n; i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = list.all[i].path,
			.test_func = shows_what_is_expected,
			.initial_state = &list.all[i],
		};

	r = _cmocka_run_group_tests("views", tests, list.n + 1, NULL, NULL);

	for (size_t i = 0; i < list.n; i++) {
		free(list.all[i].path);
		free(list.all[i].fixture);
	}
	free(list.all);
	free(tests);
	return r;
}
