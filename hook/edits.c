/* SPDX-License-Identifier: Apache-2.0 */
/* A few places of a text, in order. */
#include "edits.h"

#include <errno.h>

#include "base.h"

void edits_free(struct edits *e)
{
	for (size_t i = 0; i < e->count; i++)
		str_free(&e->edit[i].text);
	e->count = 0;
}

int edits_add(struct edits *e, struct slice old, struct str *text)
{
	autostr struct str taken = *text;
	size_t i = e->count;

	*text = (struct str){ 0 };
	if (taken.err)
		return taken.err;
	if (e->count == ARRAY_SIZE(e->edit))
		return -ENOSPC;

	for (; i > 0 && e->edit[i - 1].old.p > old.p; i--)
		e->edit[i] = e->edit[i - 1];
	e->edit[i] = (struct edit){ .old = old, .text = taken };
	e->count++;
	taken.text = NULL;
	return 0;
}

void edits_apply(const struct edits *e, struct slice text, struct str *out)
{
	const char *at = text.p;

	for (size_t i = 0; i < e->count; i++) {
		const struct edit *one = &e->edit[i];

		str_add(out, at, (size_t)(one->old.p - at));
		str_add(out, str_text(&one->text), one->text.len);
		at = one->old.p + one->old.len;
	}

	str_add(out, at, (size_t)(text.p + text.len - at));
}
