/* SPDX-License-Identifier: Apache-2.0 */
/* statmount(2): what the kernel says of one mount, as a line of mountinfo. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;

/* struct statmount of include/uapi/linux/mount.h, Linux 6.8, by a name of our
 * own for headers that have it. Texts are offsets from its end, NUL-terminated;
 * what was not there yet in some Linux is 0. */
struct mount_status {
	uint32_t size; /* with the texts */
	uint32_t mnt_opts;
	uint64_t mask;
	uint32_t sb_dev_major;
	uint32_t sb_dev_minor;
	uint64_t sb_magic;
	uint32_t sb_flags;
	uint32_t fs_type; /* text */
	uint64_t mnt_id;
	uint64_t mnt_parent_id;
	uint32_t mnt_id_old; /* as in mountinfo and STATX_MNT_ID */
	uint32_t mnt_parent_id_old;
	uint64_t mnt_attr; /* MOUNT_ATTR_... */
	uint64_t mnt_propagation;
	uint64_t mnt_peer_group; /* 0: none */
	uint64_t mnt_master;     /* 0: none */
	uint64_t propagate_from;
	uint32_t mnt_root;  /* text */
	uint32_t mnt_point; /* text */
	uint64_t mnt_ns_id;
	uint32_t fs_subtype; /* text; Linux 6.13 */
	uint32_t sb_source;  /* text; Linux 6.13 */
	uint64_t later[48];
};

_Static_assert(sizeof(struct mount_status) == 512, "as the kernel has it");

/* Bits of mask: what is wanted, and was there. */
enum {
	STATUS_SB_BASIC = 0x1,
	STATUS_MNT_BASIC = 0x2,
	STATUS_MNT_ROOT = 0x8,
	STATUS_MNT_POINT = 0x10,
	STATUS_FS_TYPE = 0x20,
	STATUS_FS_SUBTYPE = 0x100,
	STATUS_SB_SOURCE = 0x200,

	STATUS_NEEDED = STATUS_SB_BASIC | STATUS_MNT_BASIC | STATUS_MNT_ROOT |
			STATUS_MNT_POINT | STATUS_FS_TYPE,
	STATUS_WANTED = STATUS_NEEDED | STATUS_FS_SUBTYPE | STATUS_SB_SOURCE,
};

/* struct mnt_id_req, with the namespace: Linux 6.11. */
struct mount_request {
	uint32_t size;
	uint32_t spare;
	uint64_t mnt_id; /* STATX_MNT_ID_UNIQUE */
	uint64_t param;  /* statmount: what is wanted; listmount: go on after */
	uint64_t mnt_ns_id; /* 0: the caller's */
};

/* What there is of Q's mount, into STATUS in place of what is there: as much as
 * the kernel writes, up to about MAX bytes. Returns 0, -ENOENT when there is no
 * such mount in the namespace, -EFBIG, -ENOSYS before Linux 6.8, or -errno. */
int statmount_read(const struct mount_request *q, size_t max,
		   struct str *status);

/* Append the line, or nothing when the LEN bytes at DATA are not all that is
 * needed. Superblock options are not in it. */
bool statmount_line(const void *data, size_t len, struct str *out);
