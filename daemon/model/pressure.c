/* SPDX-License-Identifier: Apache-2.0 */
/* Pressure stall information: the cgroup's own files, v2 and hybrid. */
#include "pressure.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "container.h"
#include "gather.h"

static const char *const names[] = {
	[PRESSURE_CPU] = "cpu.pressure",
	[PRESSURE_IO] = "io.pressure",
	[PRESSURE_MEMORY] = "memory.pressure",
};

/* What a cgroup prints in which nothing ever waited. */
static const char nothing[] =
	"some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
	"full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";

/* PATH may be another cgroup's by now: compared are the files. */
static bool is_own(const struct container *c, const char *name, int fd)
{
	struct stat own;
	struct stat st;

	return fstatat(cgroup_dir(c->cgroup, CG_UNIFIED), name, &own, 0) == 0 &&
	       fstat(fd, &st) == 0 && st.st_dev == own.st_dev &&
	       st.st_ino == own.st_ino;
}

int pressure_open(struct container *c, int top, const char *path,
		  enum pressure p)
{
	autostr struct str name = { 0 };
	autoclose int fd = -1;

	/* The root's would be the host's. */
	if (top < 0 || cgroup_levels(c->cgroup, CG_UNIFIED) == 0)
		return -ENOENT;

	str_addf(&name, "%s/%s", path + strspn(path, "/"), names[p]);
	if (name.err)
		return name.err;
	fd = openat(top, name.text, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	return is_own(c, names[p], fd) ? take_fd(&fd) : -ENOENT;
}

/* No v2 hierarchy, a kernel without PSI or booted with psi=0 (EOPNOTSUPP):
 * nothing has waited. A cgroup that goes away has waited as long as before. */
static int gather(struct container *c, enum pressure p, struct snapshot *s)
{
	struct str *last = &c->last_pressure[p];

	if (cgroup_read(c->cgroup, CG_UNIFIED, 0, names[p], &s->pressure) ==
		    0 &&
	    s->pressure.len) {
		str_reset(last);
		str_add(last, s->pressure.text, s->pressure.len);
		return 0;
	}

	str_reset(&s->pressure);
	str_adds(&s->pressure, last->len ? last->text : nothing);
	return s->pressure.err;
}

int pressure_cpu_gather(struct container *c, uint64_t now_ns,
			struct snapshot *s)
{
	(void)now_ns;
	return gather(c, PRESSURE_CPU, s);
}

int pressure_io_gather(struct container *c, uint64_t now_ns, struct snapshot *s)
{
	(void)now_ns;
	return gather(c, PRESSURE_IO, s);
}

int pressure_memory_gather(struct container *c, uint64_t now_ns,
			   struct snapshot *s)
{
	(void)now_ns;
	return gather(c, PRESSURE_MEMORY, s);
}
