/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel text, taken apart by whole tokens with range checks. */
#include "parse.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

bool slice_until(struct slice *text, char c, struct slice *ret)
{
	const char *at;

	if (text->len == 0)
		return false;

	at = memchr(text->p, c, text->len);
	ret->p = text->p;
	ret->len = at ? (size_t)(at - text->p) : text->len;
	text->p += ret->len + (at != NULL);
	text->len -= ret->len + (at != NULL);
	return true;
}

bool slice_line(struct slice *text, struct slice *ret)
{
	return slice_until(text, '\n', ret);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

bool slice_word(struct slice *text, struct slice *ret)
{
	const char *end = text->p + text->len;
	const char *from = text->p;
	const char *to;

	while (from < end && blank(*from))
		from++;
	for (to = from; to < end && !blank(*to);)
		to++;

	text->p = to;
	text->len = (size_t)(end - to);
	if (from == end)
		return false;

	ret->p = from;
	ret->len = (size_t)(to - from);
	return true;
}

bool slice_is(struct slice s, const char *text)
{
	return strlen(text) == s.len && memcmp(s.p, text, s.len) == 0;
}

int slice_u64(struct slice s, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0)
		return -EINVAL;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, s.p[i] - '0', &value))
			return -ERANGE;
	}

	*ret = value;
	return 0;
}

int slice_next_u64(struct slice *text, uint64_t *ret)
{
	struct slice word;

	if (!slice_word(text, &word))
		return -ENODATA;

	return slice_u64(word, ret);
}

int parse_limit(const char *text, uint64_t *ret)
{
	struct slice s = slice_of(text);

	if (s.len && s.p[s.len - 1] == '\n')
		s.len--;

	if (slice_is(s, "max")) {
		*ret = NO_LIMIT;
		return 0;
	}

	return slice_u64(s, ret);
}

/* The key NAME is, looked for from *NEXT on and around: keys that are listed in
 * the order of the file are found at once. */
static const struct key *key_find(const struct key *keys, size_t n,
				  struct slice name, size_t *next)
{
	size_t at = *next;

	for (size_t i = 0; i < n; i++, at++) {
		if (at >= n)
			at = 0;
		if (*name.p == *keys[at].name &&
		    slice_is(name, keys[at].name)) {
			*next = at + 1;
			return &keys[at];
		}
	}

	return NULL;
}

/* Most lines are not asked for, and their first byte says so. */
struct initials {
	bool any[UCHAR_MAX + 1];
};

static struct initials initials_of(const struct key *keys, size_t n)
{
	struct initials set = { 0 };

	for (size_t i = 0; i < n; i++)
		set.any[(unsigned char)*keys[i].name] = true;
	set.any[' '] = set.any['\t'] = true;

	return set;
}

size_t parse_keys(const char *text, const struct key *keys, size_t n)
{
	const struct initials initials = initials_of(keys, n);
	struct slice rest = slice_of(text);
	struct slice line;
	struct slice name;
	size_t found = 0;
	size_t next = 0;

	while (found < n && slice_line(&rest, &line)) {
		const struct key *key;

		if (line.len == 0 || !initials.any[(unsigned char)*line.p] ||
		    !slice_word(&line, &name))
			continue;
		key = key_find(keys, n, name, &next);
		if (key && slice_next_u64(&line, key->value) == 0)
			found++;
	}

	return found;
}
