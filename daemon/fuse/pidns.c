/* SPDX-License-Identifier: Apache-2.0 */
/* From a process to the init of its pid namespace. */
#include "pidns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "dir.h"
#include "parse.h"

#ifndef NS_GET_TGID_FROM_PIDNS /* Linux 6.11, include/uapi/linux/nsfs.h */
#define NS_GET_TGID_FROM_PIDNS _IOR(0xb7, 0x7, int)
#endif

/* More parents or processes than these are not looked at. */
#define PARENTS_MAX   256
#define PROCESSES_MAX 65536

static bool is_init(int proc, pid_t pid, struct ns_id ns)
{
	struct ns_id own;
	pid_t inner;

	return proc_ns_read(proc, pid, "pid", &own) == 0 && ns_same(own, ns) &&
	       proc_nspid_read(proc, pid, &inner) == 0 && inner == 1;
}

/* Init is an ancestor, but for what has entered the namespace (exec). */
static pid_t from_parents(int proc, struct ns_id ns, pid_t pid)
{
	for (int i = 0; i < PARENTS_MAX && pid > 0; i++) {
		struct proc_stat st;

		if (is_init(proc, pid, ns))
			return pid;
		if (proc_stat_read(proc, pid, &st) < 0)
			break;
		pid = st.ppid;
	}

	return -ESRCH;
}

static pid_t from_all(int proc, struct ns_id ns)
{
	autodir DIR *dir = NULL;
	pid_t found = -ESRCH;
	const struct dirent *e;
	int r = dir_stream(
		openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), &dir);

	if (r < 0)
		return r;

	for (int i = 0; i < PROCESSES_MAX && found < 0; i++) {
		uint64_t pid;

		e = dir_next(dir);
		if (!e)
			break;
		if (slice_u64(slice_of(e->d_name), &pid) == 0 &&
		    is_init(proc, (pid_t)pid, ns))
			found = (pid_t)pid;
	}

	return found;
}

pid_t pidns_init(int proc, int nsfd, struct ns_id ns, pid_t pid)
{
	pid_t init = ioctl(nsfd, NS_GET_TGID_FROM_PIDNS, 1);

	if (init <= 0)
		init = from_parents(proc, ns, pid);
	if (init <= 0)
		init = from_all(proc, ns);

	return init;
}
