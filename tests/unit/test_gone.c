/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "gone.h"

static void what_sysfs_has_lost_has_gone(void **state)
{
	static const struct {
		const char *target;
		bool gone;
	} rows[] = {
		{ "/sys/devices/vda", false },
		{ "/sys/devices/vdb", true },
		{ "/sys/devices/vda/stat", true }, /* there is no file */
		{ "/var/lib/sys/rootfs/sys/devices/vda", false },
		{ "/var/lib/sys/rootfs/sys/devices/vdb", true },
		{ "/sys/sys/devices/vdb", true },
		{ "/mnt/sys/devices/vda", false },
		{ "/proc/nothing", false },
		{ "/srv/sys/chroot/proc/nothing", false },
		{ "/srv/sys/devices/sys/devices/vda", false },
		{ "/sysfs/nothing", false },
		{ "sys/nothing", false },
		{ "", false },
	};
	char top[] = "/tmp/test_gone.XXXXXX";
	autoclose int sys = -1;

	(void)state;
	assert_non_null(mkdtemp(top));
	sys = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(sys, "devices", 0700), 0);
	assert_int_equal(mkdirat(sys, "devices/vda", 0700), 0);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (has_gone(sys, rows[i].target) != rows[i].gone)
			fail_msg("%s", rows[i].target);

	assert_int_equal(unlinkat(sys, "devices/vda", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(sys, "devices", AT_REMOVEDIR), 0);
	assert_int_equal(rmdir(top), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_sysfs_has_lost_has_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
