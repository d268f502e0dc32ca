/* SPDX-License-Identifier: Apache-2.0 */
/* All mounts of one mount namespace, to be looked up. */
#include "mounts.h"

#include <errno.h>
#include <stdlib.h>

#include "base.h"

void mounts_free(struct mounts *m)
{
	str_free(&m->text);
	free(m->list);
	*m = (struct mounts){ 0 };
}

static int by_id(const void *a, const void *b)
{
	const struct mountinfo *x = a;
	const struct mountinfo *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* As many as there are lines, at most. */
static size_t count_lines(struct slice text)
{
	struct slice line;
	size_t n = 0;

	while (slice_line(&text, &line))
		n++;

	return n;
}

int mounts_parse(struct str *text, struct mounts *ret)
{
	struct slice rest = slice_of(str_text(text));
	size_t lines = count_lines(rest);
	struct mounts m = { .list = calloc(lines + 1, sizeof(*m.list)) };

	if (!m.list)
		return -ENOMEM;

	while (m.count < lines && mountinfo_next(&rest, &m.list[m.count]))
		m.count++;
	qsort(m.list, m.count, sizeof(*m.list), by_id);

	m.text = *text;
	*text = (struct str){ 0 };
	*ret = m;
	return 0;
}

int mounts_read(int proc, pid_t pid, size_t max, struct mounts *ret)
{
	autostr struct str text = { 0 };
	int r = mountinfo_read(proc, pid, max, &text);

	return r < 0 ? r : mounts_parse(&text, ret);
}

const struct mountinfo *mounts_find(const struct mounts *m, uint64_t id)
{
	const struct mountinfo key = { .id = id };

	if (m->count == 0)
		return NULL;

	return bsearch(&key, m->list, m->count, sizeof(*m->list), by_id);
}
