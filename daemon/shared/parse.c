/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel text, taken apart by whole tokens with range checks. */
#include "parse.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

size_t slice_words(struct slice text)
{
	struct slice word;
	size_t n = 0;

	while (slice_word(&text, &word))
		n++;

	return n;
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

bool slice_same(struct slice a, struct slice b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

bool slice_listed(struct slice list, const char *word)
{
	struct slice one;

	while (slice_until(&list, ',', &one))
		if (slice_is(one, word))
			return true;

	return false;
}

/* The decimal digits at *AT, which then is behind them. Returns 0 or -ERANGE.
 */
static int digits_take(const char **at, const char *end, uint64_t *ret)
{
	uint64_t value = 0;
	const char *p;

	for (p = *at; p < end; p++) {
		unsigned digit = (unsigned)*p - '0';

		if (digit > 9)
			break;
		if (value >= UINT64_MAX / 10 &&
		    (value > UINT64_MAX / 10 || digit > UINT64_MAX % 10))
			return -ERANGE;
		value = value * 10 + digit;
	}

	*at = p;
	*ret = value;
	return 0;
}

int slice_u64(struct slice s, uint64_t *ret)
{
	const char *at = s.p;
	uint64_t value;
	int r;

	if (s.len == 0)
		return -EINVAL;

	r = digits_take(&at, s.p + s.len, &value);
	if (r < 0)
		return r;
	if (at < s.p + s.len)
		return -EINVAL;

	*ret = value;
	return 0;
}

/* A file with numbers of each CPU has thousands: none is looked at twice, first
 * for its end and then for its value. */
int slice_next_u64(struct slice *text, uint64_t *ret)
{
	const char *end = text->p + text->len;
	const char *from = text->p;
	struct slice word;
	const char *to;
	uint64_t value;

	while (from < end && blank(*from))
		from++;
	to = from;
	if (digits_take(&to, end, &value) == 0 && to > from &&
	    (to == end || blank(*to))) {
		*text = (struct slice){ to, (size_t)(end - to) };
		*ret = value;
		return 0;
	}

	/* It is none: a word that is not a number, or none at all. */
	return slice_word(text, &word) ? slice_u64(word, ret) : -ENODATA;
}

int slice_dev(struct slice s, dev_t *ret)
{
	struct slice first = { "", 0 };
	uint64_t major = 0;
	uint64_t minor = 0;
	int r;

	(void)slice_until(&s, ':', &first);
	r = slice_u64(first, &major);
	if (r == 0)
		r = slice_u64(s, &minor);
	if (r < 0)
		return r;
	if (major > UINT_MAX || minor > UINT_MAX)
		return -ERANGE;

	*ret = makedev((unsigned)major, (unsigned)minor);
	return 0;
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

/* What is worked out once for all lines of a text. */
struct search {
	const struct key *keys;
	size_t n;
	size_t next; /* where to look first: keys that are listed in the order
		      * of the file are found at once */
	bool initials[UCHAR_MAX + 1]; /* most lines are not asked for, and their
				       * first byte says so */
};

/* The key that LINE begins with, as a whole word, or NULL. */
static const struct key *key_find(struct search *s, struct slice line)
{
	size_t at = s->next;

	for (size_t i = 0; i < s->n; i++, at++) {
		const char *name;
		size_t len;

		if (at >= s->n)
			at = 0;
		name = s->keys[at].name;
		if (*line.p != *name)
			continue;
		len = strlen(name);
		if (line.len > len && blank(line.p[len]) &&
		    memcmp(line.p, name, len) == 0) {
			s->next = at + 1;
			return &s->keys[at];
		}
	}

	return NULL;
}

/* Does LINE, "name value", have one of the values? */
static bool key_take(struct search *s, struct slice line)
{
	const struct key *key;

	while (line.len && blank(*line.p)) {
		line.p++;
		line.len--;
	}
	if (line.len == 0 || !s->initials[(unsigned char)*line.p])
		return false;

	key = key_find(s, line);
	if (!key)
		return false;

	line.p += strlen(key->name);
	line.len -= strlen(key->name);
	return slice_next_u64(&line, key->value) == 0;
}

size_t parse_keys(const char *text, const struct key *keys, size_t n)
{
	struct search s = { .keys = keys, .n = n };
	struct slice rest = slice_of(text);
	struct slice line;
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		s.initials[(unsigned char)*keys[i].name] = true;

	while (found < n && slice_line(&rest, &line))
		found += key_take(&s, line);

	return found;
}
