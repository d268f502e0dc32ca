/* SPDX-License-Identifier: Apache-2.0 */
/* The worker gives its rights away: it works on bytes that containers chose,
 * and should be a poor prize. What it keeps, and what for:
 *
 * CAP_SYS_PTRACE     /proc/PID/ns/{pid,time} of callers; a procfs with hidepid
 * uid 0              the registry's records (0600), /proc/slabinfo (0400)
 * open, read-only    procfs, sysfs, cgroups, registry
 * open, for writing  below `triggers`: PSI triggers
 * unlink             in `registry`: records of containers that are gone
 * ioctl              NS_GET_TGID_FROM_PIDNS: the init of a caller's namespace
 * kill, tgkill       itself: to end, and to wake its threads out of read(2)
 * clone              threads
 * read, write        /dev/fuse, and whatever else was open before
 *
 * All else is given up: other capabilities, setuid programs and exec, absolute
 * paths (the root directory is empty), and the system calls that are not in
 * syscalls.c. In the order of calls: */
#pragma once

#include <stddef.h>

/* Take as many fds as the kernel lets us have and we can use. Returns how many
 * may be open. */
size_t sandbox_limit_files(void);

/* Move *FD to a number above what may be open in the sandbox: no other file can
 * ever have this number there, so a filter on the number is a filter on the
 * file. Returns 0, or -errno with *FD as it was. */
int sandbox_pin(int *fd);

/* Directories; they stay the caller's. */
struct sandbox {
	int root;     /* the new root: empty */
	int registry; /* pinned: files may be removed; -1: none */
	int triggers; /* pinned: files may be opened for writing; < 0: none */
};

/* Enter it, for good; before there are other threads. What the kernel does not
 * allow is logged in a line for each part, and the rest is done. Returns how
 * many parts are missing. */
unsigned sandbox_enter(const struct sandbox *s);
