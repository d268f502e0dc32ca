/* SPDX-License-Identifier: Apache-2.0 */
/* The sequences of bytes that there are, by their first two. */
#include "utf8.h"

#include "base.h"

/* The bytes of a character: the first, the second, and how many in all. */
static const struct form {
	unsigned char first[2]; /* from, to */
	unsigned char second[2];
	unsigned char len;
} forms[] = {
	{ { 0x00, 0x7f }, { 0, 0 }, 1 },
	{ { 0xc2, 0xdf }, { 0x80, 0xbf }, 2 },
	{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 3 },
	{ { 0xe1, 0xec }, { 0x80, 0xbf }, 3 },
	{ { 0xed, 0xed }, { 0x80, 0x9f }, 3 },
	{ { 0xee, 0xef }, { 0x80, 0xbf }, 3 },
	{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 4 },
	{ { 0xf1, 0xf3 }, { 0x80, 0xbf }, 4 },
	{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 4 },
};

static bool within(unsigned char c, const unsigned char range[2])
{
	return c >= range[0] && c <= range[1];
}

static bool has_form(const unsigned char *s, const struct form *f)
{
	static const unsigned char later[] = { 0x80, 0xbf };

	if (!within(s[0], f->first))
		return false;
	if (f->len > 1 && !within(s[1], f->second))
		return false;
	for (size_t i = 2; i < f->len; i++)
		if (!within(s[i], later))
			return false;

	return true;
}

size_t utf8_length(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (has_form((const unsigned char *)text, &forms[i]))
			return forms[i].len;

	return 0;
}

bool utf8_valid(const char *text)
{
	while (*text) {
		size_t len = utf8_length(text);

		if (len == 0)
			return false;
		text += len;
	}

	return true;
}
