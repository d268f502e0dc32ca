/* SPDX-License-Identifier: Apache-2.0 */
/* Growing text. The first failure sticks: append freely, ask once. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	char *text; /* NUL-terminated once anything was added */
	size_t len;
	size_t cap;
	int err; /* 0, or the -errno that stopped us */
};

#define autostr __attribute__((cleanup(str_free)))

/* Append LEN bytes. DATA must not lie in S. */
void str_add(struct str *s, const void *data, size_t len);

/* Append a NUL-terminated text. */
void str_adds(struct str *s, const char *text);

/* The decimal digits of VALUE, at the end of DIGITS. Returns the index of the
 * first. */
#define U64_DIGITS 20
size_t u64_digits(uint64_t value, char digits[static U64_DIGITS]);

/* The same before AT, where there is room for so many. Returns the first. */
char *u64_put_before(char *at, uint64_t value);

/* Append a number in decimal: ten times cheaper than str_addf(). */
void str_addu(struct str *s, uint64_t value);

void str_addf(struct str *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *s, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Make room for MORE bytes and a NUL. Returns where they go, or NULL with
 * s->err set; the caller adds to s->len what it wrote. */
char *str_reserve(struct str *s, size_t more);

/* Forget text and error, keep the memory. */
void str_reset(struct str *s);

/* The text so far, "" when there is none; never NULL. Valid until the next
 * change. */
const char *str_text(const struct str *s);

void str_free(struct str *s);
