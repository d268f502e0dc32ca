/* SPDX-License-Identifier: Apache-2.0 */
/* Run a program as if on an older kernel: system calls, and flags of them, that
 * came later do not exist for it and its children.
 *
 * usage: try_without CALL... -- PROGRAM [ARGUMENT]... */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base.h"

#define CALLS_MAX 16

#ifndef SYS_listmount
#define SYS_listmount 458 /* Linux 6.8 */
#define SYS_statmount 457
#endif

/* The low half of a 64-bit argument, which has the flags. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_HALF 0
#else
#define LOW_HALF 4
#endif
#define ARGUMENT(n) (offsetof(struct seccomp_data, args[n]) + LOW_HALF)

/* With a flag it is the flag that came later: its argument is at an offset. */
static const struct call {
	const char *name;
	unsigned number;
	unsigned flag;
	unsigned at;
} calls[] = {
	{ "close_range", SYS_close_range, 0, 0 },
	{ "listmount", SYS_listmount, 0, 0 },
	{ "mount_setattr", SYS_mount_setattr, 0, 0 },
	{ "move_mount", SYS_move_mount, 0, 0 },
	{ "move_mount_beneath", SYS_move_mount, 0x200, ARGUMENT(4) },
	{ "move_mount_set_group", SYS_move_mount, 0x100, ARGUMENT(4) },
	{ "open_tree", SYS_open_tree, 0, 0 },
	{ "openat2", SYS_openat2, 0, 0 },
	{ "pidfd_getfd", SYS_pidfd_getfd, 0, 0 },
	{ "pidfd_open", SYS_pidfd_open, 0, 0 },
	{ "pidfd_send_signal", SYS_pidfd_send_signal, 0, 0 },
	{ "statmount", SYS_statmount, 0, 0 },
};

static const struct call *call_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];

	return NULL;
}

static void say(struct sock_fprog *p, struct sock_filter code)
{
	p->filter[p->len++] = code;
}

/* A kernel that does not know a call says ENOSYS, a flag: EINVAL. */
static void refuse_call(struct sock_fprog *p, const struct call *c)
{
	unsigned error = c->flag ? EINVAL : ENOSYS;

	say(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    offsetof(struct seccomp_data, nr)));
	say(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
					    c->number, 0, c->flag ? 3 : 1));
	if (c->flag) {
		say(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						    c->at));
		say(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
						    c->flag, 0, 1));
	}
	say(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
					    SECCOMP_RET_ERRNO | error));
}

/* Who is not root may only filter what gains no privileges. */
static int filter(struct sock_fprog *program)
{
	if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) < 0 ? -errno
								       : 0;
}

int main(int argc, char *argv[])
{
	struct sock_filter code[CALLS_MAX * 5 + 1];
	struct sock_fprog program = { 0, code };
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const struct call *c = call_find(argv[i]);

		if (!c || i > CALLS_MAX)
			return 2;
		refuse_call(&program, c);
	}
	say(&program,
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	if (i + 1 >= argc || filter(&program) < 0)
		return 2;

	(void)execv(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 2;
}
