/* SPDX-License-Identifier: Apache-2.0 */
/* statmount(2): what the kernel says of one mount, as a line of mountinfo. */
#include "statmount.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base.h"
#include "str.h"

#ifndef SYS_statmount /* Linux 6.8 */
#define SYS_statmount 457
#endif

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000 /* Linux 5.14 */
#endif

#define ROOM 4096 /* for most; there is more for longer paths */

int statmount_read(const struct mount_request *q, size_t max,
		   struct str *status)
{
	str_reset(status);
	for (size_t room = ROOM;; room *= 2) {
		char *at = str_reserve(status, room);

		if (!at)
			return status->err;
		if (syscall(SYS_statmount, q, at, room, 0) == 0) {
			status->len = room;
			return 0;
		}
		if (errno != EOVERFLOW)
			return -errno;
		if (room > max)
			return -EFBIG;
	}
}

/* As show_mnt_opts() of fs/proc_namespace.c has them, in its order. */
static const struct {
	uint64_t mask;
	uint64_t value;
	const char *text;
} options[] = {
	{ MOUNT_ATTR_RDONLY, 0, "rw" },
	{ MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, "ro" },
	{ MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID, ",nosuid" },
	{ MOUNT_ATTR_NODEV, MOUNT_ATTR_NODEV, ",nodev" },
	{ MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC, ",noexec" },
	{ MOUNT_ATTR__ATIME, MOUNT_ATTR_NOATIME, ",noatime" },
	{ MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NODIRATIME, ",nodiratime" },
	{ MOUNT_ATTR__ATIME, MOUNT_ATTR_RELATIME, ",relatime" },
	{ MOUNT_ATTR_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, ",nosymfollow" },
	{ MOUNT_ATTR_IDMAP, MOUNT_ATTR_IDMAP, ",idmapped" },
};

/* The text that begins at OFFSET behind the fixed part, or NULL. */
static const char *text_at(const void *data, size_t len, uint32_t offset)
{
	const char *texts = (const char *)data + sizeof(struct mount_status);
	size_t size = len - sizeof(struct mount_status);

	if (offset >= size || !memchr(texts + offset, '\0', size - offset))
		return NULL;

	return texts + offset;
}

/* What would end a word or a line, octal; and '#', as the kernel does in file
 * system types. */
static void add_escaped(struct str *out, const char *text, const char *special)
{
	for (;;) {
		size_t plain = strcspn(text, special);
		unsigned char c = (unsigned char)text[plain];

		str_add(out, text, plain);
		if (c == '\0')
			return;
		str_addf(out, "\\%03o", c);
		text += plain + 1;
	}
}

static void add_options(struct str *out, uint64_t attr)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if ((attr & options[i].mask) == options[i].value)
			str_adds(out, options[i].text);
}

static void add_group(struct str *out, const char *tag, uint64_t group)
{
	if (group) {
		str_adds(out, tag);
		str_addu(out, group);
	}
}

static void add_source(struct str *out, const char *source)
{
	if (!source || !*source)
		return;

	str_adds(out, " ");
	add_escaped(out, source, " \t\n\\#");
}

bool statmount_line(const void *data, size_t len, struct str *out)
{
	struct mount_status s;
	const char *subtype;
	const char *point;
	const char *root;
	const char *type;

	if (len < sizeof(s))
		return false;
	memcpy(&s, data, sizeof(s));
	if (s.size < sizeof(s) || s.size > len ||
	    (s.mask & STATUS_NEEDED) != STATUS_NEEDED)
		return false;

	root = text_at(data, s.size, s.mnt_root);
	point = text_at(data, s.size, s.mnt_point);
	type = text_at(data, s.size, s.fs_type);
	subtype = s.mask & STATUS_FS_SUBTYPE
			  ? text_at(data, s.size, s.fs_subtype)
			  : NULL;
	if (!root || !point || !type || !*root || !*point || !*type)
		return false;

	str_addf(out, "%u %u %u:%u ", s.mnt_id_old, s.mnt_parent_id_old,
		 s.sb_dev_major, s.sb_dev_minor);
	add_escaped(out, root, " \t\n\\");
	str_adds(out, " ");
	add_escaped(out, point, " \t\n\\");
	str_adds(out, " ");
	add_options(out, s.mnt_attr);
	add_group(out, " shared:", s.mnt_peer_group);
	add_group(out, " master:", s.mnt_master);
	str_adds(out, " - ");
	add_escaped(out, type, " \t\n\\#");
	if (subtype) {
		str_adds(out, ".");
		add_escaped(out, subtype, " \t\n\\#");
	}
	if (s.mask & STATUS_SB_SOURCE)
		add_source(out, text_at(data, s.size, s.sb_source));
	str_adds(out, "\n");
	return true;
}
