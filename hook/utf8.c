/* SPDX-License-Identifier: Apache-2.0 */
/* The sequences of bytes that there are, by their first byte. */
#include "utf8.h"

#include <stddef.h>

#include "base.h"

struct range {
	unsigned char from;
	unsigned char to;
};

static const struct form {
	struct range first;
	struct range second;
	int more; /* bytes behind the first */
} forms[] = {
	{ { 0x01, 0x7f }, { 0x00, 0x00 }, 0 },
	{ { 0xc2, 0xdf }, { 0x80, 0xbf }, 1 },
	{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 2 },
	{ { 0xe1, 0xec }, { 0x80, 0xbf }, 2 },
	{ { 0xed, 0xed }, { 0x80, 0x9f }, 2 },
	{ { 0xee, 0xef }, { 0x80, 0xbf }, 2 },
	{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 3 },
	{ { 0xf1, 0xf3 }, { 0x80, 0xbf }, 3 },
	{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 3 },
};

static bool within(char c, struct range range)
{
	unsigned char byte = (unsigned char)c;

	return byte >= range.from && byte <= range.to;
}

static const struct form *form_find(char first)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (within(first, forms[i].first))
			return &forms[i];

	return NULL;
}

bool utf8_valid(const char *text)
{
	static const struct range any = { 0x80, 0xbf };

	while (*text) {
		const struct form *form = form_find(*text++);

		if (!form)
			return false;
		for (int i = 0; i < form->more; i++)
			if (!within(*text++, i ? any : form->second))
				return false;
	}

	return true;
}
