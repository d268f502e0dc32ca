/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over JSON text, without recursion. */
#include "scan.h"

#include <errno.h>
#include <string.h>

static bool at_end(const struct scan *s)
{
	return s->at >= s->end;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static void blanks_skip(struct scan *s)
{
	while (!at_end(s) && is_one_of(*s->at, " \t\r\n"))
		s->at++;
}

/* A key, colon, comma or bracket. */
static int sign_take(struct scan *s, char c)
{
	blanks_skip(s);
	if (at_end(s) || *s->at != c)
		return -EINVAL;

	s->at++;
	return 0;
}

/* From the opening quote to behind the closing one. */
static int string_skip(struct scan *s)
{
	for (s->at++; !at_end(s); s->at++) {
		if (*s->at == '"') {
			s->at++;
			return 0;
		}
		if (*s->at == '\\')
			s->at++;
	}

	return -EINVAL;
}

/* An object or array, by counting brackets outside of strings. */
static int nested_skip(struct scan *s)
{
	unsigned depth = 0;

	while (!at_end(s)) {
		char c = *s->at;

		if (c == '"') {
			if (string_skip(s) < 0)
				return -EINVAL;
			continue;
		}

		s->at++;
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && --depth == 0)
			return 0;
	}

	return -EINVAL;
}

/* A number, true, false or null: up to what cannot be in one. */
static int word_skip(struct scan *s)
{
	const char *from = s->at;

	while (!at_end(s) && !is_one_of(*s->at, " \t\r\n,:]}[{\""))
		s->at++;

	return s->at == from ? -EINVAL : 0;
}

static int value_take(struct scan *s, struct slice *ret)
{
	const char *from;
	int r;

	blanks_skip(s);
	if (at_end(s))
		return -EINVAL;

	from = s->at;
	if (*from == '"')
		r = string_skip(s);
	else if (*from == '{' || *from == '[')
		r = nested_skip(s);
	else
		r = word_skip(s);
	/* An escape at the very end leads beyond it. */
	if (r < 0 || s->at > s->end)
		return -EINVAL;

	*ret = (struct slice){ from, (size_t)(s->at - from) };
	return 0;
}

static int key_take(struct scan *s, struct slice *ret)
{
	struct slice key;

	if (value_take(s, &key) < 0 || *key.p != '"' ||
	    memchr(key.p, '\\', key.len))
		return -EINVAL;

	*ret = (struct slice){ key.p + 1, key.len - 2 };
	return sign_take(s, ':');
}

int scan_begin(struct slice value, struct scan *ret)
{
	struct scan s = { .at = value.p, .end = value.p + value.len };

	blanks_skip(&s);
	if (at_end(&s) || (*s.at != '{' && *s.at != '['))
		return -EINVAL;

	s.object = *s.at++ == '{';
	s.tail = s.at;
	s.empty = true;
	*ret = s;
	return 0;
}

int scan_next(struct scan *s, struct scan_item *ret)
{
	struct scan_item item = { 0 };

	blanks_skip(s);
	if (!at_end(s) && *s->at == (s->object ? '}' : ']'))
		return 0;
	if (!s->empty && sign_take(s, ',') < 0)
		return -EINVAL;

	blanks_skip(s);
	item.from = s->at;
	if (s->object && key_take(s, &item.key) < 0)
		return -EINVAL;
	if (value_take(s, &item.value) < 0)
		return -EINVAL;

	s->empty = false;
	s->tail = s->at;
	*ret = item;
	return 1;
}

int scan_member(struct slice object, const char *key, struct scan *s,
		struct scan_item *ret)
{
	struct scan_item item;
	int found = 0;
	int r = scan_begin(object, s);

	if (r == 0 && !s->object)
		r = -EINVAL;
	if (r < 0)
		return r;

	while ((r = scan_next(s, &item)) > 0) {
		if (!slice_is(item.key, key))
			continue;
		*ret = item;
		found = 1;
	}

	return r < 0 ? r : found;
}
