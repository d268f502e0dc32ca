/* SPDX-License-Identifier: Apache-2.0 */
/* With what is taken out of the machine its files go, and with them what was
 * mounted there: whoever looks for one sees that it is gone, and only then does
 * the kernel drop the mount, d_invalidate(). Until then it is in the list. */
#include "gone.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* "devices/system/cpu/cpu1/online", wherever that sysfs is mounted: all that we
 * mount in one is below its "devices". */
static const char *below_sys(const char *target)
{
	static const char top[] = "/sys/devices/";
	const char *found = NULL;

	while ((target = strstr(target, top))) {
		target += sizeof("/sys/") - 1;
		found = target;
	}

	return found;
}

bool has_gone(int sys, const char *target)
{
	const char *path = below_sys(target);

	return path && faccessat(sys, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == ENOENT;
}
