/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's procfs says about one process. PROC is a directory fd of
 * procfs, opened once and verified by the caller. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup_paths;

/* From /proc/PID/stat, proc(5); the name may hold blanks and brackets. */
struct proc_stat {
	char state;
	pid_t ppid;
	uint64_t start_ticks; /* since boot, USER_HZ = 100 */
};

/* Returns 0, -ESRCH when there is no such process, -EINVAL for nonsense, or
 * -errno. */
int proc_stat_read(int proc, pid_t pid, struct proc_stat *ret);
int proc_stat_parse(const char *text, struct proc_stat *ret);

/* The cgroups of a process; see cgroup_paths_parse(). -ESRCH as above. */
int proc_cgroups_read(int proc, pid_t pid, struct cgroup_paths *ret);

/* A namespace is named by the device and inode of its nsfs file. */
struct ns_id {
	dev_t dev;
	ino_t ino;
};

static inline bool ns_same(struct ns_id a, struct ns_id b)
{
	return a.ino == b.ino && a.dev == b.dev;
}

/* TYPE is "mnt", "pid", "time", "user", ... Returns 0, -ESRCH or -errno. */
int proc_ns_read(int proc, pid_t pid, const char *type, struct ns_id *ret);

/* The pid of a process in its own pid namespace: the last number of the NSpid:
 * line of /proc/PID/status. Returns 0, -ESRCH, -EINVAL or -errno. */
int proc_nspid_read(int proc, pid_t pid, pid_t *ret);
int proc_nspid_parse(const char *text, pid_t *ret);

/* The boottime offset in ns, from /proc/PID/timens_offsets. Returns 0, -EINVAL,
 * or -errno (-ENOENT also before Linux 5.6). */
int proc_timens_read(int proc, pid_t pid, int64_t *ret);
int proc_timens_parse(const char *text, int64_t *ret);

/* The mount that FD of the caller is in, from PROC/self/fdinfo. Returns 0,
 * -EINVAL or -errno. */
int proc_fdinfo_mount(int proc, int fd, uint64_t *ret);
