/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of the record when the hook had to be killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "options.h"
#include "registry.h"
#include "run.h"
#include "str.h"

static char path[] = "/tmp/test_hook.XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(path) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(path);
}

static struct progress when(bool recorded, bool waiting, bool attaching)
{
	return (struct progress){
		.id = "a",
		.doing = "work",
		.recorded = recorded,
		.waiting = waiting,
		.attaching = attaching,
	};
}

/* Is there still a record? */
static bool left_by(bool required, struct progress p)
{
	const struct options o = { .required = required, .run_dir = path };
	struct record rec = { .id = "a", .pid = 1 };
	autoclose int run = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int dir = -1;
	char root[] = "/";
	bool left;

	assert_int_equal(mkdirat(run, "containers", 0700), 0);
	dir = openat(run, "containers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rec.cgroups.path[CG_UNIFIED] = root;
	assert_int_equal(registry_write(dir, &rec), 0);

	hook_undo(&o, &p);
	left = registry_remove(dir, "a") == 0;
	assert_int_equal(unlinkat(run, "containers", AT_REMOVEDIR), 0);
	return left;
}

static void the_record_stays_while_there_is_hope(void **state)
{
	(void)state;
	assert_true(left_by(false, when(true, true, false)));
	assert_true(left_by(false, when(true, false, true)));
	assert_false(left_by(false, when(true, false, false)));

	assert_false(left_by(true, when(true, true, false)));
	assert_false(left_by(true, when(true, false, true)));
	assert_false(left_by(true, when(true, false, false)));
}

static void what_others_have_recorded_stays(void **state)
{
	(void)state;
	assert_true(left_by(false, when(false, false, false)));
	assert_true(left_by(true, when(false, true, false)));
	assert_true(left_by(true, when(false, false, true)));
}

static void says(bool required, struct progress p, const char *want)
{
	const struct options o = { .required = required };
	autostr struct str line = { 0 };

	hook_failure(&o, &p, " it", "because", &line);
	assert_string_equal(str_text(&line), want);
}

static void the_line_says_what_happens_now(void **state)
{
	struct progress stopped = when(false, false, false);
	struct progress early = { .doing = "start" };

	(void)state;
	stopped.stopped = true;
	says(false, when(true, true, false),
	     "container a: work it: because; the container starts with the "
	     "host's files until resview-remount is run");
	says(false, when(true, false, true),
	     "container a: work it: because; the container starts with the "
	     "host's files");
	says(true, when(true, true, false),
	     "container a: work it: because; the container does not start");
	says(true, stopped,
	     "container a: work it: because; it stays until resviewd finds "
	     "the container gone");
	says(false, early,
	     "start it: because; the container starts with the host's files");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_record_stays_while_there_is_hope),
		cmocka_unit_test(what_others_have_recorded_stays),
		cmocka_unit_test(the_line_says_what_happens_now),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
