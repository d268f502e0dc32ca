/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal, or JSON, can be given of a text. */
#include "printable.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base.h"
#include "str.h"
#include "utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool within(unsigned char c, const unsigned char range[2])
{
	return c >= range[0] && c <= range[1];
}

/* Of three bytes: what ends a line, turns its direction, or takes no room, by
 * which one name could look like another. */
static bool is_unseen(const char *s)
{
	static const struct {
		const char *head;
		unsigned char last[2]; /* from, to */
	} ranges[] = {
		{ "\xe2\x80", { 0x8b, 0x8f } }, /* U+200B */
		{ "\xe2\x80", { 0xa8, 0xae } }, /* U+2028 */
		{ "\xe2\x81", { 0xa0, 0xaf } }, /* U+2060 */
		{ "\xef\xbb", { 0xbf, 0xbf } }, /* U+FEFF */
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (memcmp(s, ranges[i].head, 2) == 0 &&
		    within((unsigned char)s[2], ranges[i].last))
			return true;

	return false;
}

/* C0, DEL, and C1: a terminal takes U+009B for ESC [. */
static bool is_control(const char *s, size_t len)
{
	unsigned char c = (unsigned char)s[0];

	if (len == 2)
		return c == 0xc2 && (unsigned char)s[1] < 0xa0;
	if (len == 3)
		return is_unseen(s);

	return c < 0x20 || c == 0x7f;
}

void printable_line(const char *text, struct str *out)
{
	const char *end = text + PRINTABLE_MAX;

	while (*text) {
		size_t len = utf8_length(text);

		if (text >= end) {
			str_adds(out, "...");
			return;
		}
		if (len == 0 || is_control(text, len)) {
			len = len ? len : 1;
			for (size_t i = 0; i < len; i++)
				str_addf(out, "\\x%02x",
					 (unsigned char)text[i]);
		} else {
			str_add(out, text, len);
		}
		text += len;
	}
}

void printable_json(const char *text, struct str *out)
{
	while (*text) {
		size_t len = utf8_length(text);

		if (len)
			str_add(out, text, len);
		else
			str_adds(out, REPLACEMENT);
		text += len ? len : 1;
	}
}
