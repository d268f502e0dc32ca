/* SPDX-License-Identifier: Apache-2.0 */
/* Lines "Key:   123 kB" of the host with other numbers in them. */
#include "memory_lines.h"

#include <string.h>

#include "base.h"
#include "snapshot.h"
#include "str.h"

bool memory_line_parse(struct slice text, struct memory_line *ret)
{
	struct slice rest = text;
	const char *end = text.p + text.len;
	const char *p;

	if (!slice_until(&rest, ':', &ret->key) || ret->key.len == 0)
		return false;

	for (p = rest.p; p < end && *p == ' ';)
		p++;
	ret->text = text;
	ret->number = (size_t)(p - text.p);
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	ret->end = (size_t)(p - text.p);
	return ret->end > ret->number && (p == end || *p == ' ');
}

/* What the kernel has before a number is this long at least. */
#define SHORTEST 15

static uint64_t field(const struct memory *m, size_t offset)
{
	uint64_t value;

	if (offset == NOTHING)
		return 0;

	memcpy(&value, (const char *)m + offset, sizeof(value));
	return value;
}

/* Each addend is rounded by itself: Slab is the sum of the lines below it. */
uint64_t memory_row_value(const struct memory_row *row, const struct memory *m)
{
	if (row->a == MEMORY(huge_total) || row->a == MEMORY(huge_free))
		return field(m, row->a);

	return field(m, row->a) / 1024 + field(m, row->b) / 1024;
}

/* The line with another number in it: right-aligned to where the host's ends,
 * or, if that does not stand in a place of its width, to where the kernel ends
 * most. */
void memory_line_add(struct str *out, const struct memory_line *line,
		     uint64_t value, size_t huge_at)
{
	bool pages = line->text.len == line->end;
	size_t width = pages ? 5 : 8;
	size_t key = line->key.len + 1;
	bool fits = line->end - line->number <= width &&
		    line->end >= max_u64(key, SHORTEST) + width;
	size_t column = fits ? line->end : (pages ? huge_at : 16) + width;
	size_t start = column - width;
	size_t rest = line->text.len - line->end;
	char digits[U64_DIGITS];
	size_t first = u64_digits(value, digits);
	size_t at;
	char *to;

	at = max_u64(start, key + 1);
	at = max_u64(at, sub_floor(column, sizeof(digits) - first));
	to = str_reserve(out, at + sizeof(digits) + rest + 1);
	if (!to)
		return;

	memcpy(to, line->text.p, key);
	memset(to + key, ' ', at - key);
	memcpy(to + at, digits + first, sizeof(digits) - first);
	at += sizeof(digits) - first;
	memcpy(to + at, line->text.p + line->end, rest);
	at += rest;
	to[at++] = '\n';
	to[at] = '\0';
	out->len += at;
}

const struct memory_row *memory_row_find(const struct memory_row *all, size_t n,
					 struct slice key, size_t *next)
{
	size_t at = *next;

	for (size_t i = 0; i < n; i++, at++) {
		if (at >= n)
			at = 0;
		if (*all[at].key == *key.p && slice_is(key, all[at].key)) {
			*next = at + 1;
			return &all[at];
		}
	}

	return NULL;
}
