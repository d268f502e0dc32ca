/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base.h"
#include "mount_of.h"
#include "parse.h"

static void assert_slices(struct slice a, struct slice b)
{
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
}

/* What is on top where M was mounted, which is M or what came later. */
static int open_target(const struct mountinfo *m)
{
	autostr struct str path = { 0 };

	mountinfo_unescape(m->target, &path);
	return open(str_text(&path), O_PATH | O_CLOEXEC);
}

/* It says of each mount here what the list of them says. */
static void test_as_listed(void **state)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	automounts struct mount_asker asker = { .proc = proc };
	autostr struct str text = { 0 };
	struct mountinfo listed;
	struct mountinfo m;
	struct slice rest;
	int seen = 0;

	(void)state;
	assert_int_equal(mountinfo_read(proc, 0, MOUNTINFO_MAX, &text), 0);
	rest = slice_of(str_text(&text));
	while (mountinfo_next(&rest, &m)) {
		autoclose int fd = open_target(&m);
		int r;

		if (fd < 0)
			continue;
		r = mount_of(&asker, fd, &m);
		if (r == -ENOENT)
			continue; /* unmounted meanwhile, or mounted: */
		assert_int_equal(r, 0);
		if (!mountinfo_find(slice_of(str_text(&text)), m.id, &listed))
			continue;
		assert_int_equal(m.dev, listed.dev);
		assert_slices(m.root, listed.root);
		assert_slices(m.type, listed.type);
		assert_int_equal(m.shared, listed.shared);
		assert_int_equal(m.master, listed.master);
		seen++;
	}
	assert_true(seen > 0);
}

static void test_nowhere(void **state)
{
	autoclose int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	automounts struct mount_asker asker = { .proc = proc };
	autoclose int detached = open_tree(AT_FDCWD, "/proc/stat",
					   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	int pipes[2];
	struct mountinfo m;

	(void)state;
	assert_int_equal(mount_of(&asker, -1, &m), -EBADF);

	/* Mounted by the kernel for itself, in no namespace. */
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(mount_of(&asker, pipes[0], &m), -ENOENT);
	close(pipes[0]);
	close(pipes[1]);

	if (detached >= 0) /* else not root, or an old kernel */
		assert_int_equal(mount_of(&asker, detached, &m), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_listed),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
