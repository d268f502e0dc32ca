/* SPDX-License-Identifier: Apache-2.0 */
/* What statmount(2) wrote: nothing, or one line that is a mount. */
#include "fuzz.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "mountinfo.h"
#include "statmount.h"

/* A text of the kernel's, from where it is to the NUL. */
static const char *text_of(const uint8_t *data, uint32_t at)
{
	return (const char *)data + sizeof(struct mount_status) + at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str out = { 0 };
	autostr struct str path = { 0 };
	struct mount_status s;
	struct mountinfo m;
	struct slice rest;

	if (!statmount_line(data, size, &out)) {
		fuzz_require(out.len == 0);
		return 0;
	}

	memcpy(&s, data, sizeof(s));
	rest = slice_of(out.text);
	fuzz_require(mountinfo_next(&rest, &m) && rest.len == 0);
	fuzz_require(m.id == s.mnt_id_old && m.parent == s.mnt_parent_id_old);
	fuzz_require(m.dev == makedev(s.sb_dev_major, s.sb_dev_minor));
	fuzz_require(m.shared == s.mnt_peer_group && m.master == s.mnt_master);

	mountinfo_unescape(m.target, &path);
	fuzz_require(strcmp(path.text, text_of(data, s.mnt_point)) == 0);
	str_reset(&path);
	mountinfo_unescape(m.root, &path);
	fuzz_require(strcmp(path.text, text_of(data, s.mnt_root)) == 0);
	return 0;
}
