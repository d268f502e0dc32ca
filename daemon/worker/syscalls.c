/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls of the sandbox: a seccomp filter, from a table. */
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "base.h"
#include "sandbox.h"

#ifndef NS_GET_TGID_FROM_PIDNS /* Linux 6.11, include/uapi/linux/nsfs.h */
#define NS_GET_TGID_FROM_PIDNS _IOR(0xb7, 0x7, int)
#endif

#define TMPFILE (O_TMPFILE & ~O_DIRECTORY)
#define CHANGES (O_ACCMODE | O_CREAT | O_TRUNC | TMPFILE)
#define WORD    UINT32_MAX

/* clone(2) makes nothing but threads: these bits, and none of those. */
#define THREAD                                                                 \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define NAMESPACES                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define NO_THREAD                                                              \
	(NAMESPACES | CLONE_PTRACE | CLONE_VFORK | CLONE_PARENT | CLONE_PIDFD)

/* s390 has the new stack first. */
#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* Whatever the arguments. Some of these are made on other architectures or by
 * other versions of glibc; an architecture that lacks one passes it over. */
static const int allowed[] = {
	/* files that are open */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(fstatfs),
	SCMP_SYS(getdents64),
	/* files by name, without opening them */
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(readlinkat),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	/* threads, and waiting */
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	/* signals */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigsuspend),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(rt_sigtimedwait_time64),
	SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack),
	/* time, where the vDSO does not know it; random numbers */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
};

/* Their flags lie in memory, where a filter cannot look: without them glibc
 * uses clone(2), and sysfs.c openat(2). */
static const int unknown[] = { SCMP_SYS(clone3), SCMP_SYS(openat2) };

struct rule {
	bool off;
	int nr;
	unsigned n;
	struct scmp_arg_cmp args[2];
};

/* Argument ARG is VALUE in the bits of MASK. All are int in the kernel: the
 * upper half of the register is not looked at, there or here. */
static struct scmp_arg_cmp bits(unsigned arg, unsigned mask, unsigned value)
{
	return (struct scmp_arg_cmp){ arg, SCMP_CMP_MASKED_EQ, mask, value };
}

static int add_rules(scmp_filter_ctx f, const struct sandbox *pinned)
{
	unsigned pid = (unsigned)getpid();
	unsigned top = (unsigned)pinned->triggers;
	unsigned records = (unsigned)pinned->registry;
	const struct rule rules[] = {
		{ false, SCMP_SYS(openat), 1, { bits(2, CHANGES, O_RDONLY) } },
		{ pinned->triggers < 0,
		  SCMP_SYS(openat),
		  2,
		  { bits(0, WORD, top), bits(2, CHANGES, O_RDWR) } },
		{ pinned->registry < 0,
		  SCMP_SYS(unlinkat),
		  2,
		  { bits(0, WORD, records), bits(2, WORD, 0) } },
		{ false, SCMP_SYS(mmap), 1, { bits(2, PROT_EXEC, 0) } },
		{ false, SCMP_SYS(mmap2), 1, { bits(2, PROT_EXEC, 0) } },
		{ false, SCMP_SYS(mprotect), 1, { bits(2, PROT_EXEC, 0) } },
		{ false,
		  SCMP_SYS(clone),
		  1,
		  { bits(CLONE_FLAGS, THREAD | NO_THREAD, THREAD) } },
		{ false, SCMP_SYS(kill), 1, { bits(0, WORD, pid) } },
		{ false, SCMP_SYS(tgkill), 1, { bits(0, WORD, pid) } },
		{ false,
		  SCMP_SYS(ioctl),
		  1,
		  { bits(1, WORD, NS_GET_TGID_FROM_PIDNS) } },
		{ false, SCMP_SYS(fcntl), 1, { bits(1, WORD, F_GETFL) } },
		{ false, SCMP_SYS(fcntl), 1, { bits(1, WORD, F_SETFD) } },
		{ false, SCMP_SYS(fcntl64), 1, { bits(1, WORD, F_GETFL) } },
		{ false, SCMP_SYS(fcntl64), 1, { bits(1, WORD, F_SETFD) } },
		{ false, SCMP_SYS(prctl), 1, { bits(0, WORD, PR_SET_NAME) } },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rules) && r == 0; i++)
		if (!rules[i].off)
			r = seccomp_rule_add_array(f, SCMP_ACT_ALLOW,
						   rules[i].nr, rules[i].n,
						   rules[i].args);

	return r;
}

/* EPERM and not a signal: a daemon that a new glibc's call kills is worse than
 * one that goes without. */
static int fill(scmp_filter_ctx f, const struct sandbox *pinned)
{
	int r = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH,
				 SCMP_ACT_KILL_PROCESS);

	/* No foreign code runs here that could speculate: older kernels would
	 * slow us down for it. */
	if (r == 0)
		(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_SSB, 1);
	for (size_t i = 0; i < ARRAY_SIZE(allowed) && r == 0; i++)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(unknown) && r == 0; i++)
		r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), unknown[i], 0);
	if (r == 0)
		r = add_rules(f, pinned);

	return r;
}

int syscalls_restrict(const struct sandbox *pinned)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!f)
		return -ENOMEM;

	r = fill(f, pinned);
	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	return r;
}
