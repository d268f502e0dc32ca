/* SPDX-License-Identifier: Apache-2.0 */
/* One mount in place of another, in the mount namespace that the caller is in.
 *
 * PROC is the host's procfs; it becomes the working directory. PLACE is an
 * O_PATH fd of the root of a mount there is: what is done is done to just that
 * mount, whatever the container renames, links or mounts meanwhile. */
#pragma once

/* Mount SOURCE, a detached mount, over the file or mount PLACE. Returns 0 or
 * -errno. */
int swap_attach(int source, int place);

/* SOURCE, a detached mount, takes the place of the mount PLACE, which is gone
 * then: at no time is what lies beneath to be seen. Returns 0; 1 when SOURCE is
 * mounted over it, and it is still there beneath (before Linux 6.5, or where it
 * is locked: collapse_stack() may help); or -errno. Of what somebody mounts on
 * PLACE in that very moment, it is that which goes, and PLACE stays beneath. */
int swap_mount(int proc, int source, int place);

/* Take the mount PLACE away, with what is mounted in it. Returns 0; -EBUSY when
 * something was mounted on it since it was opened, which went in its stead; or
 * -errno. */
int swap_unmount(int proc, int place);

/* What a view's mount may: see mount_setattr(2). */
enum {
	MAY_WRITE = 1,
};

/* Give the mount FD is the root of, detached or not, the attributes that all of
 * ours have: nosuid, nodev, noexec, private, and read-only without MAY_WRITE.
 * Returns 0, 1 before Linux 5.12 when it is detached: to be said again once it
 * is mounted; or -errno. */
int swap_attributes(int proc, int fd, unsigned may);

/* Make the mount FD is the root of MS_SHARED, MS_PRIVATE or MS_SLAVE; with
 * MS_REC all that is mounted in it, too. Returns 0 or -errno. */
int swap_propagation(int proc, int fd, unsigned long type);
