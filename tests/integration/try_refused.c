/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker that has been taken over would try. */
#include "try_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base.h"

#define UP "../../../../../../../../"

/* A system call that must fail with this errno. */
struct refused {
	const char *what;
	int want;
	long nr;
	long args[6];
};

static long arg(const void *p)
{
	return (long)p;
}

static void try_all(const struct refused *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct refused *c = &calls[i];
		const long *a = c->args;
		long r = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);

		check(c->what, r < 0 ? -errno : r, -c->want);
	}
}

static void try_triggers(const struct places *p)
{
	const long passwd = arg("/etc/passwd");
	const long above = arg(UP "etc/passwd");
	const struct refused calls[] = {
		{ "up from v2", ENOENT, SYS_openat, { p->triggers, above } },
		{ "write up from v2",
		  ENOENT,
		  SYS_openat,
		  { p->triggers, above, O_RDWR } },
		{ "write by absolute path from v2",
		  ENOENT,
		  SYS_openat,
		  { p->triggers, passwd, O_RDWR } },
	};

	try_all(calls, ARRAY_SIZE(calls));
}

void try_files(const struct places *p)
{
	const long file = arg("f");
	const long passwd = arg("/etc/passwd");
	const long above = arg(UP "etc/passwd");
	const long ours = arg("self/root/etc/passwd");
	const long init = arg("1/root/etc/passwd");
	const long record = arg("r.json");
	const long up = arg("../x");
	const long here = arg("");
	const struct refused calls[] = {
		{ "read /etc/passwd", ENOENT, SYS_openat, { -1, passwd } },
		{ "read it as ours", ENOENT, SYS_openat, { p->proc, ours } },
		{ "up from proc", ENOENT, SYS_openat, { p->proc, above } },
		{ "up from sys", ENOENT, SYS_openat, { p->sys, above } },
		{ "up from registry",
		  ENOENT,
		  SYS_openat,
		  { p->registry, above } },
		{ "write", EPERM, SYS_openat, { -1, passwd, O_WRONLY } },
		{ "write init's",
		  EPERM,
		  SYS_openat,
		  { p->proc, init, O_RDWR } },
		{ "append",
		  EPERM,
		  SYS_openat,
		  { -1, init, O_WRONLY | O_APPEND } },
		{ "access mode 3", EPERM, SYS_openat, { p->proc, init, 3 } },
		{ "truncate", EPERM, SYS_openat, { p->proc, init, O_TRUNC } },
		{ "create below v2",
		  EPERM,
		  SYS_openat,
		  { p->triggers, file, O_RDWR | O_CREAT } },
		{ "create a record",
		  EPERM,
		  SYS_openat,
		  { p->registry, file, O_RDWR | O_CREAT } },
		{ "write a record",
		  EPERM,
		  SYS_openat,
		  { p->registry, record, O_RDWR } },
		{ "unnamed file",
		  EPERM,
		  SYS_openat,
		  { p->registry, arg("."), O_TMPFILE | O_RDWR } },
		{ "openat2", ENOSYS, SYS_openat2, { p->proc, init } },
		{ "unlink elsewhere",
		  EPERM,
		  SYS_unlinkat,
		  { p->run_dir, file } },
		{ "unlink init's", EPERM, SYS_unlinkat, { p->proc, init } },
		{ "unlink up", ENOENT, SYS_unlinkat, { p->registry, up } },
		{ "rmdir",
		  EPERM,
		  SYS_unlinkat,
		  { p->registry, file, AT_REMOVEDIR } },
		{ "mkdir", EPERM, SYS_mkdirat, { p->run_dir, file, 0755 } },
		{ "mknod", EPERM, SYS_mknodat, { p->run_dir, file, S_IFIFO } },
		{ "chmod", EPERM, SYS_fchmodat, { p->registry, record, 0777 } },
		{ "chown", EPERM, SYS_fchownat, { p->registry, record } },
		{ "rename",
		  EPERM,
		  SYS_renameat2,
		  { p->registry, record, p->registry, file } },
		{ "link",
		  EPERM,
		  SYS_linkat,
		  { p->registry, record, p->registry, file } },
		{ "symlink",
		  EPERM,
		  SYS_symlinkat,
		  { passwd, p->registry, file } },
		{ "ftruncate", EPERM, SYS_ftruncate, { 1, 0 } },
		{ "xattr", EPERM, SYS_fsetxattr, { p->registry, file } },
		{ "utimensat", EPERM, SYS_utimensat, { p->registry, record } },
		{ "chroot", EPERM, SYS_chroot, { here } },
		{ "chdir", EPERM, SYS_fchdir, { p->run_dir } },
		{ "memfd", EPERM, SYS_memfd_create, { file } },
		{ "dup", EPERM, SYS_dup, { 1 } },
		{ "dup3", EPERM, SYS_dup3, { p->run_dir, p->triggers } },
		{ "dup by fcntl", EPERM, SYS_fcntl, { 1, F_DUPFD } },
		{ "other fcntl", EPERM, SYS_fcntl, { 1, F_SETOWN } },
		{ "ioctl", EPERM, SYS_ioctl, { 1, 0x5401 } },
		{ "file handles",
		  EPERM,
		  SYS_open_by_handle_at,
		  { p->run_dir } },
	};

	try_all(calls, ARRAY_SIZE(calls));
	if (p->triggers >= 0) /* there is cgroup v2 */
		try_triggers(p);
#ifdef SYS_dup2
	check("dup2", dup2(p->run_dir, p->triggers) < 0 ? -errno : 0, -EPERM);
#endif
}

void try_rights(const struct places *p)
{
	const long path = arg("/");
	const struct refused calls[] = {
		{ "mount", EPERM, SYS_mount, { path, path, 0, MS_BIND } },
		{ "umount2", EPERM, SYS_umount2, { path, MNT_DETACH } },
		{ "open_tree", EPERM, SYS_open_tree, { p->run_dir, path } },
		{ "move_mount", EPERM, SYS_move_mount, { p->proc, path } },
		{ "fsopen", EPERM, SYS_fsopen, { path } },
		{ "pivot_root", EPERM, SYS_pivot_root, { path, path } },
		{ "execve", EPERM, SYS_execve, { path } },
		{ "execveat", EPERM, SYS_execveat, { p->run_dir, path } },
		{ "socket", EPERM, SYS_socket, { AF_UNIX, SOCK_STREAM } },
		{ "socketpair",
		  EPERM,
		  SYS_socketpair,
		  { AF_UNIX, SOCK_STREAM } },
		{ "sendmsg", EPERM, SYS_sendmsg, { 1 } },
		{ "kill parent", EPERM, SYS_kill, { p->parent } },
		{ "kill init", EPERM, SYS_kill, { 1 } },
		{ "kill all", EPERM, SYS_kill, { -1 } },
		{ "tgkill", EPERM, SYS_tgkill, { 1, 1 } },
		{ "sigqueue", EPERM, SYS_rt_sigqueueinfo, { 1 } },
		{ "pidfd", EPERM, SYS_pidfd_open, { 1 } },
		{ "ptrace", EPERM, SYS_ptrace, { PTRACE_SEIZE, 1 } },
		{ "read memory", EPERM, SYS_process_vm_readv, { 1 } },
		{ "setns", EPERM, SYS_setns, { p->proc } },
		{ "unshare", EPERM, SYS_unshare, { CLONE_NEWNS } },
		{ "clone a process", EPERM, SYS_clone, { SIGCHLD } },
		{ "clone a namespace", EPERM, SYS_clone, { CLONE_NEWUSER } },
		{ "clone3", ENOSYS, SYS_clone3, { 0 } },
		{ "bpf", EPERM, SYS_bpf, { 0 } },
		{ "userfaultfd", EPERM, SYS_userfaultfd, { 0 } },
		{ "io_uring", EPERM, SYS_io_uring_setup, { 1 } },
		{ "perf", EPERM, SYS_perf_event_open, { 0 } },
		{ "keys", EPERM, SYS_keyctl, { 0 } },
		{ "modules", EPERM, SYS_init_module, { 0 } },
		{ "reboot", EPERM, SYS_reboot, { 0 } },
		{ "setuid", EPERM, SYS_setuid, { 0 } },
		{ "capset", EPERM, SYS_capset, { 0 } },
		{ "limits", EPERM, SYS_prlimit64, { 0, RLIMIT_NOFILE } },
		{ "prctl", EPERM, SYS_prctl, { 22 } },
		{ "seccomp", EPERM, SYS_seccomp, { 0 } },
		{ "shared memory", EPERM, SYS_shmget, { 0 } },
		{ "code",
		  EPERM,
		  SYS_mmap,
		  { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1 } },
		{ "code later",
		  EPERM,
		  SYS_mprotect,
		  { path & -4096, 4096, PROT_READ | PROT_EXEC } },
	};

	try_all(calls, ARRAY_SIZE(calls));
}
