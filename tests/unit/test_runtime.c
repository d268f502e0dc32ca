/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "runtime_call.h"
#include "runtime_find.h"
#include "tree.h"

/* --- the command line --- */

/* LINE split at blanks, behind the program's name. */
static void read_line(char *line, struct call *ret)
{
	static char name[] = "resview-runtime";
	char *argv[32] = { name };
	char *rest = line;
	int argc = 1;

	while ((argv[argc] = strtok_r(rest, " ", &rest)))
		assert_true(++argc < 31);

	call_read(argc, argv, ret);
}

static void a_bundle_is_found_however_it_is_spelled(void **state)
{
	static const struct {
		const char *line;
		const char *bundle; /* NULL: nothing is added */
	} rows[] = {
		{ "create --bundle /b id", "/b" },
		{ "create --bundle=/b id", "/b" },
		{ "create -bundle /b id", "/b" },
		{ "create -bundle=/b id", "/b" },
		{ "create -b /b id", "/b" },
		{ "create -b=/b id", "/b" },
		{ "create -b/b id", "/b" },
		{ "create id --bundle /b", "/b" },
		{ "create --bundle /a -b /b id", "/b" },
		{ "create id", "." },
		{ "run --bundle /b id", "/b" },
		{ "restore --image-path /i --bundle /b id", "/b" },
		{ "--root create run -d --bundle /b id", "/b" },
		{ "--root /r --log /l --log-format json --systemd-cgroup "
		  "create --bundle /b --pid-file /p --console-socket /s --keep "
		  "id",
		  "/b" },
		{ "-root=/r --debug=true -- create --bundle /b id", "/b" },
		{ "create --pid-file --bundle -b /b id", "/b" },
		{ "create --pid-file -b /a id", "." },
		{ "create -- --bundle /b", "." },
		{ "create --no-pivot --preserve-fds 1 id", "." },
		{ "restore -file-locks -b /b id", "/b" },
		{ "restore --file-locks -detach=true -b /b id", "/b" },
		/* others' values */
		{ "--root create state id", NULL },
		{ "--log run kill id", NULL },
		{ "--criu create --rootless run --cgroup-manager restore list",
		  NULL },
		{ "exec id create --bundle /b", NULL },
		{ "exec -d id run", NULL },
		{ "start id", NULL },
		{ "--version", NULL },
		{ "features", NULL },
		{ "spec --bundle /b", NULL },
		{ "--root", NULL },
		{ "", NULL },
		/* what the runtime will refuse */
		{ "create id --bundle", NULL },
		{ "create -b", NULL },
		{ "created --bundle /b id", NULL },
		{ "- create", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *line = strdup(rows[i].line);
		struct call c;

		assert_non_null(line);
		read_line(line, &c);
		assert_int_equal(c.adds, rows[i].bundle != NULL);
		if (c.adds)
			assert_string_equal(c.bundle, rows[i].bundle);
		assert_null(c.config);
	}
}

static void the_rest_of_the_line_is_known_too(void **state)
{
	char full[] = "--resview-config=/c --log /l --log-format=json create "
		      "-f other.json -b / id";
	char later[] = "--debug --resview-config=/c create id";
	char locks[] = "restore -file-locks=true id";
	char other[] = "restore -file.json id";
	struct call c;

	(void)state;
	read_line(full, &c);
	assert_true(c.adds);
	assert_string_equal(c.config, "/c");
	assert_string_equal(c.log, "/l");
	assert_string_equal(c.format, "json");
	assert_string_equal(c.spec, "other.json");
	assert_string_equal(c.verb, "create");
	assert_string_equal(c.id, "id");

	read_line(later, &c);
	assert_null(c.config);
	assert_null(c.log);
	assert_string_equal(c.format, "");
	assert_string_equal(c.spec, "config.json");

	read_line(locks, &c);
	assert_string_equal(c.spec, "config.json");
	read_line(other, &c);
	assert_string_equal(c.spec, "ile.json");
}

/* --- the runtime --- */

static struct tree tree;

static int make_tree(void **state)
{
	(void)state;
	tree_make(&tree);
	return chdir(tree.path);
}

static int remove_tree(void **state)
{
	(void)state;
	tree_remove(&tree);
	return chdir("/");
}

static void make(const char *path, const char *text, mode_t mode)
{
	tree_write(&tree, path, "%s", text);
	assert_int_equal(fchmodat(tree.fd, path, mode, 0), 0);
}

static void assert_finds(const char *given, const char *want, bool script)
{
	autoreal struct real real = { 0 };

	assert_int_equal(real_find(given, "a:b", "self", &real), 0);
	assert_string_equal(real.path.text, want);
	assert_int_equal(real.script, script);
}

static void assert_misses(const char *given, int why, const char *what)
{
	autoreal struct real real = { 0 };

	assert_int_equal(real_find(given, "a:b", "self", &real), why);
	assert_string_equal(str_text(&real.path), what);
}

static void it_is_the_first_that_can_be_run_and_is_not_us(void **state)
{
	(void)state;
	make("self", "no script", 0700);
	make("a/other", "", 0700);
	make("b/other", "", 0700);
	assert_misses(NULL, -ENOENT, "runc or crun in a:b");
	assert_int_equal(link("self", "a/runc"), 0);
	assert_int_equal(symlink("../self", "b/runc"), 0);
	assert_misses(NULL, -ENOENT, "runc or crun in a:b");

	make("a/crun", "", 0600);
	assert_misses(NULL, -ENOENT, "runc or crun in a:b");
	make("b/crun", "#!/bin/sh\n", 0700);
	assert_finds(NULL, "b/crun", true);
	make("a/crun", "", 0700);
	assert_finds(NULL, "a/crun", false);
	assert_int_equal(unlink("b/runc"), 0);
	make("b/runc", "x", 0700);
	assert_finds(NULL, "b/runc", false);
}

static void what_is_given_is_taken_or_nothing(void **state)
{
	(void)state;
	assert_finds("b/crun", "b/crun", true);
	assert_misses("a/runc", -ELOOP, "a/runc");
	assert_misses("a", -EACCES, "a");
	assert_misses("c/runc", -ENOENT, "c/runc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_is_found_however_it_is_spelled),
		cmocka_unit_test(the_rest_of_the_line_is_known_too),
		cmocka_unit_test(it_is_the_first_that_can_be_run_and_is_not_us),
		cmocka_unit_test(what_is_given_is_taken_or_nothing),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
