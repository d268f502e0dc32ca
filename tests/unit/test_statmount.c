/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "mountinfo.h"
#include "statmount.h"
#include "str.h"

/* What the kernel would have written. */
struct reply {
	struct mount_status s;
	char texts[256];
};

static uint32_t add_text(struct reply *r, const char *text)
{
	uint32_t at = r->s.size - (uint32_t)sizeof(r->s);

	assert_true(at + strlen(text) < sizeof(r->texts));
	memcpy(r->texts + at, text, strlen(text) + 1);
	r->s.size += (uint32_t)strlen(text) + 1;
	return at;
}

static struct reply reply_of(const char *root, const char *point,
			     const char *type)
{
	struct reply r = { .s = {
				   .size = sizeof(r.s),
				   .mask = STATUS_NEEDED,
				   .sb_dev_minor = 53,
				   .mnt_id_old = 31,
				   .mnt_parent_id_old = 22,
			   } };

	r.s.fs_type = add_text(&r, type);
	r.s.mnt_root = add_text(&r, root);
	r.s.mnt_point = add_text(&r, point);
	return r;
}

static void is_as_in_mountinfo(void **state)
{
	autostr struct str out = { 0 };
	struct reply r = reply_of("/a/proc/stat", "/proc/stat", "fuse");

	(void)state;
	r.s.mask |= STATUS_FS_SUBTYPE;
	r.s.fs_subtype = add_text(&r, "resview");
	r.s.mnt_attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
		       MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	assert_true(statmount_line(&r, r.s.size, &out));
	assert_string_equal(out.text, "31 22 0:53 /a/proc/stat /proc/stat "
				      "ro,nosuid,nodev,noexec,relatime - "
				      "fuse.resview\n");

	str_reset(&out);
	r.s.mask |= STATUS_SB_SOURCE;
	r.s.sb_source = add_text(&r, "resview-1 #");
	assert_true(statmount_line(&r, r.s.size, &out));
	assert_string_equal(out.text, "31 22 0:53 /a/proc/stat /proc/stat "
				      "ro,nosuid,nodev,noexec,relatime - "
				      "fuse.resview resview-1\\040\\043\n");

	str_reset(&out);
	r = reply_of("/", "/", "ext4");
	r.s.sb_dev_major = 259;
	r.s.sb_dev_minor = 1048575;
	r.s.mnt_attr = MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODIRATIME;
	r.s.mnt_peer_group = 7;
	r.s.mnt_master = 3;
	assert_true(statmount_line(&r, sizeof(r), &out));
	assert_string_equal(out.text,
			    "31 22 259:1048575 / / rw,noatime,nodiratime "
			    "shared:7 master:3 - ext4\n");

	str_reset(&out);
	r.s.mnt_attr = MOUNT_ATTR_STRICTATIME;
	r.s.mnt_master = r.s.mnt_peer_group = 0;
	assert_true(statmount_line(&r, sizeof(r), &out));
	assert_string_equal(out.text, "31 22 259:1048575 / / rw - ext4\n");
}

/* The parser of mountinfo gets back what was there. */
static void names_cannot_be_mistaken(void **state)
{
	static const char odd[] = "/a b\t\n31 22 0:53 / /proc rw - x\\040\\";
	autostr struct str out = { 0 };
	autostr struct str path = { 0 };
	struct reply r = reply_of(odd, odd, "fuse");
	struct mountinfo m;
	struct slice rest;

	(void)state;
	r.s.mask |= STATUS_FS_SUBTYPE;
	r.s.fs_subtype = add_text(&r, "a #\n");
	assert_true(statmount_line(&r, r.s.size, &out));
	rest = slice_of(out.text);
	assert_true(mountinfo_next(&rest, &m));
	assert_int_equal(rest.len, 0);
	assert_int_equal(m.id, 31);
	assert_int_equal(m.parent, 22);
	assert_true(m.dev == makedev(0, 53));
	assert_true(slice_is(m.type, "fuse.a\\040\\043\\012"));

	mountinfo_unescape(m.target, &path);
	assert_string_equal(path.text, odd);
	str_reset(&path);
	mountinfo_unescape(m.root, &path);
	assert_string_equal(path.text, odd);
}

static void refused(const struct reply *r, size_t len)
{
	autostr struct str out = { 0 };

	assert_false(statmount_line(r, len, &out));
	assert_int_equal(out.len, 0);
}

static void nonsense_is_refused(void **state)
{
	const struct reply good = reply_of("/", "/proc", "proc");
	struct reply r = good;
	autostr struct str out = { 0 };

	(void)state;
	refused(&good, 0);
	refused(&good, sizeof(good.s) - 1);
	refused(&good, good.s.size - 1);

	for (uint64_t bit = 1; bit <= STATUS_NEEDED; bit <<= 1)
		if (bit & STATUS_NEEDED) {
			r = good;
			r.s.mask &= ~bit;
			refused(&r, sizeof(r));
		}

	r = good;
	r.s.size = sizeof(r.s) - 1;
	refused(&r, sizeof(r));
	r.s.size = UINT32_MAX;
	refused(&r, sizeof(r));

	r = good;
	r.s.mnt_root = UINT32_MAX;
	refused(&r, sizeof(r));
	r.s.mnt_root = good.s.size - (uint32_t)sizeof(good.s);
	refused(&r, sizeof(r));
	r.s.mnt_root--; /* "" */
	refused(&r, sizeof(r));

	r = good;
	r.s.size--; /* no NUL at the end */
	refused(&r, sizeof(r));

	/* Without a subtype it is still a mount. */
	r = good;
	r.s.mask |= STATUS_FS_SUBTYPE;
	r.s.fs_subtype = UINT32_MAX;
	assert_true(statmount_line(&r, sizeof(r), &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_as_in_mountinfo),
		cmocka_unit_test(names_cannot_be_mistaken),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests_name("statmount", tests, NULL, NULL);
}
