/* SPDX-License-Identifier: Apache-2.0 */
/* A list of mounts, whose paths the container has chosen; and what the remount
 * tool makes of it. */
#include "fuzz.h"

#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "devices.h"
#include "layers.h"
#include "mounts.h"

static void line_by_line(const struct str *text)
{
	autostr struct str path = { 0 };
	struct slice rest = slice_of(str_text(text));
	struct mountinfo found;
	struct mountinfo m;

	while (mountinfo_next(&rest, &m)) {
		str_reset(&path);
		mountinfo_unescape(m.target, &path);
		fuzz_require(path.len <= m.target.len && m.root.len > 0);
		fuzz_require(
			mountinfo_find(slice_of(text->text), m.id, &found));
	}
}

static void require_stack(const struct mounts *m, const struct stack *s)
{
	const struct mountinfo *end = m->list + m->count;

	fuzz_require(s->bottom >= m->list && s->bottom < end);
	fuzz_require(s->top >= m->list && s->top < end);
	fuzz_require(s->ours >= m->list && s->ours < end);
	fuzz_require(slice_same(s->bottom->target, s->top->target));
	fuzz_require(s->beneath < m->count && s->lowest <= s->beneath);
	fuzz_require((s->kind != LAYER_OTHER) == (s->ours == s->top));
}

/* As a table: 0:53 is ours, and alive; 0:50 was. */
static void as_a_table(struct str *text)
{
	const struct devices devices = {
		.list = { { .dev = makedev(0, 50) },
			  { .dev = makedev(0, 53) } },
		.count = 2,
	};
	const struct judge judge = { &devices, makedev(0, 53) };
	automounts struct mounts m = { 0 };
	autofree struct stack *stacks = NULL;
	size_t count;

	fuzz_require(mounts_parse(text, &m) == 0);
	for (size_t i = 0; i < m.count; i++) {
		const struct mountinfo *found = mounts_find(&m, m.list[i].id);

		fuzz_require(found && found->id == m.list[i].id);
		fuzz_require(i == 0 || m.list[i - 1].id <= m.list[i].id);
		fuzz_require(layers_bottom(&m, found) != NULL);
		(void)layers_within(&m, found);
	}

	fuzz_require(layers_find(&judge, &m, &stacks, &count) == 0);
	fuzz_require(count <= m.count);
	for (size_t i = 0; i < count; i++)
		require_stack(&m, &stacks[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = fuzz_text(data, size);

	line_by_line(&text);
	as_a_table(&text);
	return 0;
}
