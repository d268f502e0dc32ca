/* SPDX-License-Identifier: Apache-2.0 */
/* Run a program as if on an older kernel: system calls that came later do not
 * exist for it and its children.
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

#include "base.h"

#define CALLS_MAX 16

static const struct {
	const char *name;
	unsigned number;
} calls[] = {
	{ "close_range", SYS_close_range },
	{ "pidfd_getfd", SYS_pidfd_getfd },
	{ "pidfd_open", SYS_pidfd_open },
	{ "pidfd_send_signal", SYS_pidfd_send_signal },
};

static int number_of(const char *name, unsigned *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strcmp(calls[i].name, name) != 0)
			continue;
		*ret = calls[i].number;
		return 0;
	}

	return -EINVAL;
}

static int refuse(const unsigned *numbers, unsigned short n)
{
	struct sock_filter code[2 * CALLS_MAX + 2];
	struct sock_fprog program = { 0, code };

	code[program.len++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (unsigned short i = 0; i < n; i++) {
		code[program.len++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1);
		code[program.len++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	}
	code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
							   SECCOMP_RET_ALLOW);

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -errno;
	return 0;
}

int main(int argc, char *argv[])
{
	unsigned numbers[CALLS_MAX];
	unsigned short n = 0;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (n == CALLS_MAX || number_of(argv[i], &numbers[n++]) < 0)
			return 2;
	if (i + 1 >= argc || refuse(numbers, n) < 0)
		return 2;

	(void)execv(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 2;
}
