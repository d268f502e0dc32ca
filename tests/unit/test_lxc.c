/* SPDX-License-Identifier: Apache-2.0 */
/* What LXC's variables mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "lxc.h"
#include "oci.h"

static const struct lxc whole = {
	.type = "start-host",
	.name = "box",
	.pid = "4711",
	.rootfs = "/usr/lib/lxc/rootfs",
	.config = "/var/lib/lxc/box/config",
};

static void each_kind_of_hook_is_a_stage(void **state)
{
	static const struct {
		const char *type;
		enum oci_stage stage;
		pid_t pid;
	} kinds[] = {
		{ "start-host", OCI_CREATE, 4711 },
		{ "mount", OCI_INSIDE, 0 },
		{ "stop", OCI_STOPPED, 0 },
		{ "post-stop", OCI_STOPPED, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct oci_state s = { 0 };
		struct lxc l = whole;
		const char *wrong;

		l.type = kinds[i].type;
		assert_int_equal(lxc_state(&l, &s, &wrong), 0);
		assert_int_equal(s.stage, kinds[i].stage);
		assert_int_equal(s.pid, kinds[i].pid);
		assert_string_equal(s.id, "box");
		assert_string_equal(s.bundle, "/var/lib/lxc/box/config");
		assert_null(s.annotations);
		assert_int_equal(lxc_within(&l), s.stage == OCI_INSIDE);
	}
}

static void what_makes_no_sense_is_named(void **state)
{
	static const struct {
		struct lxc l;
		int r;
		const char *name;
	} bad[] = {
		{ { NULL, "b", "2", "/r", "/c" }, -ENOENT, "LXC_HOOK_TYPE" },
		{ { "clone", "b", "2", "/r", "/c" }, -EINVAL, "LXC_HOOK_TYPE" },
		{ { "", "b", "2", "/r", "/c" }, -EINVAL, "LXC_HOOK_TYPE" },
		{ { "stop", NULL, "2", "/r", "/c" }, -ENOENT, "LXC_NAME" },
		{ { "stop", "../b", "2", "/r", "/c" }, -EINVAL, "LXC_NAME" },
		{ { "start-host", "b", NULL, "", "/c" }, -ENOENT, "LXC_PID" },
		{ { "start-host", "b", "", "", "/c" }, -EINVAL, "LXC_PID" },
		{ { "start-host", "b", "0", "", "/c" }, -EINVAL, "LXC_PID" },
		{ { "start-host", "b", "1", "", "/c" }, -EINVAL, "LXC_PID" },
		{ { "start-host", "b", "-4", "", "/c" }, -EINVAL, "LXC_PID" },
		{ { "start-host", "b", "2147483648", "", "/c" },
		  -EINVAL,
		  "LXC_PID" },
		{ { "stop", "b", "2", "/r", NULL },
		  -ENOENT,
		  "LXC_CONFIG_FILE" },
		{ { "stop", "b", "2", "/r", "c" }, -EINVAL, "LXC_CONFIG_FILE" },
		{ { "mount", "b", "2", NULL, "/c" },
		  -ENOENT,
		  "LXC_ROOTFS_MOUNT" },
		{ { "mount", "b", "2", "r", "/c" },
		  -EINVAL,
		  "LXC_ROOTFS_MOUNT" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct oci_state s = { 0 };
		const char *wrong = "";

		assert_int_equal(lxc_state(&bad[i].l, &s, &wrong), bad[i].r);
		assert_string_equal(wrong, bad[i].name);
		assert_null(s.id);
	}
}

static void they_are_read_from_the_environment(void **state)
{
	struct lxc l = { 0 };

	(void)state;
	/* NOLINTBEGIN(concurrency-mt-unsafe): no threads */
	assert_int_equal(setenv("LXC_NAME", "box", 1), 0);
	assert_int_equal(setenv("LXC_HOOK_TYPE", "mount", 1), 0);
	assert_int_equal(unsetenv("LXC_PID"), 0);
	/* NOLINTEND(concurrency-mt-unsafe) */
	lxc_read(&l);
	assert_string_equal(l.name, "box");
	assert_true(lxc_within(&l));
	assert_null(l.pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_hook_is_a_stage),
		cmocka_unit_test(what_makes_no_sense_is_named),
		cmocka_unit_test(they_are_read_from_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
