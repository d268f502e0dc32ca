/* SPDX-License-Identifier: Apache-2.0 */
/* Our hooks in a config.json: all else stays, it is JSON still, and there is
 * nothing to do a second time. The first byte chooses the flags. */
#include "fuzz.h"

#include <string.h>

#include "edits.h"
#include "entry.h"
#include "json.h"
#include "splice.h"

/* OUT with the edits taken back is TEXT. */
static void require_restored(const struct edits *e, struct slice text,
			     const struct str *out)
{
	const char *old = text.p;
	const char *new = out->text;
	size_t len;

	for (size_t i = 0; i < e->count; i++) {
		const struct edit *one = &e->edit[i];

		fuzz_require(one->old.p >= old);
		len = (size_t)(one->old.p - old);
		fuzz_require(memcmp(old, new, len) == 0);
		old += len + one->old.len;
		new += len + one->text.len;
	}

	len = (size_t)(text.p + text.len - old);
	fuzz_require(new + len == out->text + out->len);
	fuzz_require(memcmp(old, new, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoentry struct entry e = { .timeout = 10 };
	autoedits struct edits edits = { 0 };
	autoedits struct edits again = { 0 };
	autojson struct json_object *json = NULL;
	autostr struct str out = { 0 };
	unsigned flags = size ? data[0] & 3 : 0;
	struct slice text = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	str_adds(&e.path, "/x/resview-hook");
	if (splice_find(text, &e, flags, &edits) != 0)
		return 0;

	edits_apply(&edits, text, &out);
	fuzz_require(out.err == 0);
	require_restored(&edits, text, &out);
	fuzz_require(json_parse(out.text, out.len, &json) == 0);
	fuzz_require(splice_find((struct slice){ out.text, out.len }, &e, flags,
				 &again) == 1);
	return 0;
}
