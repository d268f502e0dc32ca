/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "spaces.h"
#include "tree.h"

static int setup(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	*state = &tree;
	return 0;
}

static int teardown(void **state)
{
	tree_remove(*state);
	return 0;
}

/* A process in the mount namespace INODE; 0: a zombie, which is in none. */
static void process(const struct tree *t, const char *pid, unsigned start,
		    unsigned inode)
{
	char name[64];
	char target[64];

	(void)snprintf(name, sizeof(name), "%s/stat", pid);
	tree_write(t, name,
		   "%s (a) b) S 1 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 "
		   "21 %u 23\n",
		   pid, start);
	if (inode == 0)
		return;

	/* Where it leads to is never looked at, but that of "self". */
	(void)snprintf(name, sizeof(name), "%s/ns/mnt:[%u]", pid, inode);
	tree_write(t, name, "\n");
	(void)snprintf(name, sizeof(name), "%s/ns/mnt", pid);
	(void)snprintf(target, sizeof(target), "mnt:[%u]", inode);
	assert_int_equal(symlinkat(target, t->fd, name), 0);
}

static void finds_each_once(void **state)
{
	const struct tree *t = *state;
	autospaces struct spaces s = { 0 };

	process(t, "1", 1, 100);
	process(t, "2", 1, 100);
	process(t, "self", 50, 101);
	process(t, "60", 51, 101);
	process(t, "1000", 70, 105);
	process(t, "30", 71, 107);
	process(t, "300", 72, 105);
	process(t, "301", 73, 105);
	process(t, "302", 74, 0);
	process(t, "44", 75, 106);
	process(t, "440", 76, 107);
	process(t, "441x", 77, 108);
	process(t, "99999999999", 78, 109);
	tree_write(t, "meminfo", "\n");

	assert_int_equal(spaces_scan(t->fd, &s), 0);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.list[0].pid, 30);
	assert_int_equal(s.list[0].id.ino, 107);
	assert_int_equal(s.list[0].start_ticks, 71);
	assert_int_equal(s.list[1].pid, 44);
	assert_int_equal(s.list[1].id.ino, 106);
	assert_int_equal(s.list[2].pid, 300);
	assert_int_equal(s.list[2].id.ino, 105);
	assert_int_equal(s.list[2].start_ticks, 72);
	for (size_t i = 0; i < s.count; i++) {
		assert_true(s.list[i].id.dev != 0);
		assert_int_equal(s.list[i].fd, -1);
	}
}

/* The list of mounts of one with another root begins there. */
static void prefers_who_sees_all(void **state)
{
	const struct tree *t = *state;
	autospaces struct spaces s = { 0 };

	process(t, "1", 1, 100);
	process(t, "self", 50, 101);
	process(t, "30", 71, 107);
	assert_int_equal(symlinkat("/srv/jail", t->fd, "30/root"), 0);
	process(t, "40", 72, 107);
	tree_unlink(t, "40/stat"); /* it ends just now */
	process(t, "50", 73, 107);
	assert_int_equal(symlinkat("/", t->fd, "50/root"), 0);
	process(t, "60", 74, 108);
	assert_int_equal(symlinkat("/srv/jail", t->fd, "60/root"), 0);
	process(t, "70", 75, 109);
	tree_unlink(t, "70/stat");

	assert_int_equal(spaces_scan(t->fd, &s), 0);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.list[0].pid, 50);
	assert_int_equal(s.list[0].start_ticks, 73);
	assert_true(space_is_seen(t->fd, 50));
	assert_int_equal(s.list[1].pid, 60);
	assert_false(space_is_seen(t->fd, 60));
}

static void nothing_else_is_nothing(void **state)
{
	const struct tree *t = *state;
	autospaces struct spaces s = { 0 };

	process(t, "1", 1, 100);
	process(t, "self", 50, 100);
	assert_int_equal(spaces_scan(t->fd, &s), 0);
	assert_int_equal(s.count, 0);
}

static void needs_to_know_the_host(void **state)
{
	const struct tree *t = *state;
	autospaces struct spaces s = { 0 };

	process(t, "self", 50, 101);
	process(t, "30", 71, 107);
	assert_int_equal(spaces_scan(t->fd, &s), -ENOENT);

	process(t, "1", 1, 100);
	tree_unlink(t, "1/ns/mnt");
	assert_int_equal(symlinkat("mnt:[x]", t->fd, "1/ns/mnt"), 0);
	assert_int_equal(spaces_scan(t->fd, &s), -EINVAL);
	assert_int_equal(s.count, 0);
}

#define IN_TREE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(finds_each_once),
		IN_TREE(prefers_who_sees_all),
		IN_TREE(nothing_else_is_nothing),
		IN_TREE(needs_to_know_the_host),
	};

	return cmocka_run_group_tests_name("spaces", tests, NULL, NULL);
}
