/* SPDX-License-Identifier: Apache-2.0 */
/* Growing text that remembers its first failure. */
#include "str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for MORE bytes and a NUL, which there is not yet. */
static char *grow(struct str *s, size_t more)
{
	size_t need;
	size_t cap;
	char *text;

	if (__builtin_add_overflow(s->len, more, &need) ||
	    __builtin_add_overflow(need, 1, &need) ||
	    __builtin_mul_overflow(need, 2, &cap)) {
		s->err = -EOVERFLOW;
		return NULL;
	}

	text = realloc(s->text, cap);
	if (!text) {
		s->err = -ENOMEM;
		return NULL;
	}

	s->text = text;
	s->cap = cap;
	return text + s->len;
}

char *str_reserve(struct str *s, size_t more)
{
	if (s->err)
		return NULL;

	return more < s->cap - s->len ? s->text + s->len : grow(s, more);
}

void str_add(struct str *s, const void *data, size_t len)
{
	char *at = str_reserve(s, len);

	if (!at)
		return;

	if (len)
		memcpy(at, data, len);
	at[len] = '\0';
	s->len += len;
}

void str_adds(struct str *s, const char *text)
{
	str_add(s, text, strlen(text));
}

static char *put_pair(char *at, unsigned value)
{
	static const char pairs[] = "00010203040506070809"
				    "10111213141516171819"
				    "20212223242526272829"
				    "30313233343536373839"
				    "40414243444546474849"
				    "50515253545556575859"
				    "60616263646566676869"
				    "70717273747576777879"
				    "80818283848586878889"
				    "90919293949596979899";

	return memcpy(at - 2, pairs + (size_t)2 * value, 2);
}

/* Four digits at a time: each division waits for the one before, and those of
 * 64 bits are dear. */
char *u64_put_before(char *at, uint64_t value)
{
	unsigned rest;

	for (; value >= 10000; value /= 10000) {
		rest = (unsigned)(value % 10000);
		at = put_pair(put_pair(at, rest % 100), rest / 100);
	}

	rest = (unsigned)value;
	if (rest >= 100) {
		at = put_pair(at, rest % 100);
		rest /= 100;
	}
	if (rest >= 10)
		return put_pair(at, rest);

	*--at = (char)('0' + rest);
	return at;
}

size_t u64_digits(uint64_t value, char digits[static U64_DIGITS])
{
	return (size_t)(u64_put_before(digits + U64_DIGITS, value) - digits);
}

void str_addu(struct str *s, uint64_t value)
{
	char digits[U64_DIGITS];
	size_t first = u64_digits(value, digits);

	str_add(s, digits + first, sizeof(digits) - first);
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	char *at = str_reserve(s, 128);
	int n;

	if (!at)
		return;

	va_copy(again, ap);
	n = vsnprintf(at, s->cap - s->len, fmt, ap);
	if (n < 0)
		s->err = -EINVAL;
	else if ((size_t)n >= s->cap - s->len) {
		at = str_reserve(s, (size_t)n);
		if (at)
			(void)vsnprintf(at, (size_t)n + 1, fmt, again);
	}
	va_end(again);

	if (!s->err)
		s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(s, fmt, ap);
	va_end(ap);
}

void str_reset(struct str *s)
{
	s->len = 0;
	s->err = 0;
	if (s->text)
		s->text[0] = '\0';
}

const char *str_text(const struct str *s)
{
	return s->text ? s->text : "";
}

void str_free(struct str *s)
{
	free(s->text);
	*s = (struct str){ 0 };
}
