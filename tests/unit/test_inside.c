/* SPDX-License-Identifier: Apache-2.0 */
/* No link, no way out, no other mount: by openat2(2), and, when this is run
 * without it, by steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "inside.h"
#include "proc.h"
#include "tree.h"

static int proc_open(void)
{
	return open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* What opening PATH comes to, 0 or -errno. */
static int tried(int dir, const char *path, unsigned flags)
{
	for (;;) {
		autoclose int fd = inside_open(dir, path, flags);

		/* What ".." leads to, the kernel does not say while anybody
		 * on the machine renames or mounts something. */
		if (fd != -EAGAIN)
			return fd < 0 ? fd : 0;
	}
}

/* Is what PATH opens FILE? */
static bool opens(const struct tree *t, const char *path, const char *file)
{
	autoclose int fd = inside_open(t->fd, path, 0);
	struct stat got;
	struct stat want;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &got), 0);
	assert_int_equal(fstatat(t->fd, file, &want, 0), 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(fcntl(fd, F_GETFL) & O_PATH);
	return got.st_ino == want.st_ino && got.st_dev == want.st_dev;
}

static void opens_what_is_there(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	tree_write(&t, "a/b/file", "x");

	assert_true(opens(&t, "a", "a"));
	assert_true(opens(&t, "a/b", "a/b"));
	assert_true(opens(&t, "/a/b/file", "a/b/file"));
	assert_true(opens(&t, "a/./b", "a/b"));
	assert_true(opens(&t, "", "."));
	assert_true(opens(&t, "/", "."));
	assert_int_equal(tried(t.fd, "a/none", 0), -ENOENT);
	assert_int_equal(tried(t.fd, "none/a", 0), -ENOENT);
	assert_int_equal(tried(t.fd, "a/b/file/x", 0), -ENOTDIR);
	assert_int_equal(tried(t.fd, "a/b/file", INSIDE_DIRECTORY), -ENOTDIR);
	assert_int_equal(tried(t.fd, "a/b", INSIDE_DIRECTORY), 0);
	assert_int_equal(tried(t.fd, "a/b/file", INSIDE_ONE_MOUNT), 0);
	assert_int_equal(tried(t.fd, "a", INSIDE_ONE_MOUNT), 0);
	assert_int_equal(tried(t.fd, "", INSIDE_ONE_MOUNT), 0);
	tree_remove(&t);
}

static void follows_no_link(void **state)
{
	static const unsigned flags[] = { 0, INSIDE_DIRECTORY, INSIDE_ONE_MOUNT,
					  INSIDE_DIRECTORY | INSIDE_ONE_MOUNT };
	struct tree t;

	(void)state;
	tree_make(&t);
	tree_write(&t, "a/file", "x");
	assert_int_equal(symlinkat("a", t.fd, "link"), 0);
	assert_int_equal(symlinkat("/proc", t.fd, "out"), 0);

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		assert_int_equal(tried(t.fd, "link", flags[i]), -ELOOP);
		assert_int_equal(tried(t.fd, "link/file", flags[i]), -ELOOP);
		assert_int_equal(tried(t.fd, "out", flags[i]), -ELOOP);
		assert_int_equal(tried(t.fd, "out/version", flags[i]), -ELOOP);
	}

	assert_int_equal(unlinkat(t.fd, "link", 0), 0);
	assert_int_equal(unlinkat(t.fd, "out", 0), 0);
	tree_remove(&t);
}

static void follows_no_magic_link(void **state)
{
	autoclose int proc = proc_open();

	(void)state;
	assert_int_equal(tried(proc, "1/root", 0), -ELOOP);
	assert_int_equal(tried(proc, "self", 0), -ELOOP);
	assert_int_equal(tried(proc, "self/stat", 0), -ELOOP);
}

static void stays_below(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	tree_write(&t, "a/file", "x");

	assert_int_equal(tried(t.fd, "..", 0), -EXDEV);
	assert_int_equal(tried(t.fd, "a/../..", 0), -EXDEV);
	assert_int_equal(tried(t.fd, "a/../../x", INSIDE_ONE_MOUNT), -EXDEV);
	tree_remove(&t);
}

static void only_the_last_may_be_a_mount(void **state)
{
	autoclose int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const unsigned both = INSIDE_ONE_MOUNT | INSIDE_DIRECTORY;

	(void)state;
	assert_int_equal(tried(top, "proc", both), 0);
	assert_int_equal(tried(top, "/proc", both), 0);
	assert_int_equal(tried(top, "proc/version", 0), 0);
	assert_int_equal(tried(top, "proc/version", INSIDE_ONE_MOUNT), -EXDEV);
	assert_int_equal(tried(top, "proc/fs/xfs", both), -EXDEV);
}

static void looks(void **state)
{
	autoclose int proc = proc_open();
	autoclose int file = open("/proc/version", O_PATH | O_CLOEXEC);
	struct inside_look root;
	struct inside_look in;
	uint64_t id = 0;

	(void)state;
	assert_int_equal(inside_look(proc, proc, &root), 0);
	assert_int_equal(root.ino, 1);
	assert_int_equal(root.type, S_IFDIR);

	assert_int_equal(inside_look(proc, file, &in), 0);
	assert_int_equal(in.type, S_IFREG);
	assert_int_equal(in.mnt_id, root.mnt_id);
	assert_true(in.dev == root.dev);

	assert_int_equal(proc_fdinfo_mount(proc, file, &id), 0);
	assert_int_equal(id, in.mnt_id);
	assert_int_equal(inside_look(proc, -1, &in), -EBADF);
}

static void reads_the_mount_of_an_fd(void **state)
{
	struct tree t;
	uint64_t id = 7;

	(void)state;
	tree_make(&t);
	tree_write(&t, "self/fdinfo/3",
		   "pos:\t0\nflags:\t012000000\nmnt_id:\t29\nino:\t4\n");
	tree_write(&t, "self/fdinfo/4", "pos:\t0\nmnt_idx:\t29\n");
	tree_write(&t, "self/fdinfo/5", "mnt_id:\t-1\n");

	assert_int_equal(proc_fdinfo_mount(t.fd, 4, &id), -EINVAL);
	assert_int_equal(proc_fdinfo_mount(t.fd, 5, &id), -EINVAL);
	assert_int_equal(proc_fdinfo_mount(t.fd, 6, &id), -ENOENT);
	assert_int_equal(id, 7);
	assert_int_equal(proc_fdinfo_mount(t.fd, 3, &id), 0);
	assert_int_equal(id, 29);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_what_is_there),
		cmocka_unit_test(follows_no_link),
		cmocka_unit_test(follows_no_magic_link),
		cmocka_unit_test(stays_below),
		cmocka_unit_test(only_the_last_may_be_a_mount),
		cmocka_unit_test(looks),
		cmocka_unit_test(reads_the_mount_of_an_fd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
