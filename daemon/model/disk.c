/* SPDX-License-Identifier: Apache-2.0 */
/* The one disk that a path names: as the list of all has it. */
#include <errno.h>
#include <sys/sysmacros.h>

#include "container.h"
#include "disk.h"
#include "gather.h"
#include "io.h"

/* One that came when the list was full. */
static int unlisted_read(struct container *c, dev_t dev, struct io_device *ret)
{
	autoiostat struct io_stat stat = { 0 };
	const struct io_device *d;
	int r = io_read(c->cgroup, &stat);

	if (r < 0)
		return r == -ENOENT ? 0 : r;

	d = io_find(stat.device, stat.n, major(dev), minor(dev));
	if (d)
		*ret = *d;
	return 0;
}

/* By its number of now, so a disk that is plugged in under the name of another
 * is another. */
int disk_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	int sys = host_sys(c->host);
	const struct io_device *d;
	dev_t dev;
	int r;

	(void)now_ns;
	if (s->disks.host)
		return disk_stat_read(sys, s->star.text, &s->host_disk);

	r = disk_dev_read(sys, s->star.text, &dev);
	if (r < 0)
		return r;

	d = disks_find(&s->disks, major(dev), minor(dev));
	if (d)
		s->disk = *d;
	else if (s->disks.n == DISKS_MAX)
		return unlisted_read(c, dev, &s->disk);

	return 0;
}
