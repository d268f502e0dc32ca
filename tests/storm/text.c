/* SPDX-License-Identifier: Apache-2.0 */
/* A text of numbers between words, taken apart. */
#include "text.h"

#include <stdbool.h>
#include <string.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static uint64_t hash(uint64_t shape, char c)
{
	return (shape ^ (unsigned char)c) * FNV_PRIME;
}

const char *text_number(const char *p, uint64_t *ret)
{
	uint64_t value = 0;

	for (; is_digit(*p) || (*p == '.' && is_digit(p[1])); p++) {
		if (*p == '.')
			continue;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *p - '0', &value))
			value = UINT64_MAX;
	}

	*ret = value;
	return p;
}

void text_parse(struct text *t)
{
	const char *p = t->data;

	t->data[t->len] = '\0';
	t->shape = FNV_START;
	t->n = 0;
	while (p < t->data + t->len) {
		uint64_t value;

		if (is_digit(*p)) {
			p = text_number(p, &value);
			if (t->n < NUMBERS_MAX)
				t->number[t->n++] = value;
			t->shape = hash(t->shape, '0');
		} else if (*p == ' ' && p[1] == ' ') {
			p++;
		} else {
			t->shape = hash(t->shape, *p++);
		}
	}
}

/* The numbers from P to the line's end; *P is moved behind that. */
static size_t count_numbers(const char **p)
{
	size_t n = 0;

	while (**p && **p != '\n') {
		uint64_t value;

		n += is_digit(**p);
		*p = is_digit(**p) ? text_number(*p, &value) : *p + 1;
	}
	*p += **p == '\n';

	return n;
}

size_t text_index(const struct text *t, const char *name)
{
	const size_t len = strlen(name);
	const char *line = t->data;
	size_t n = 0;

	while (*line && strncmp(line, name, len) != 0)
		n += count_numbers(&line);

	return *line && n < NUMBERS_MAX ? n : NUMBERS_MAX;
}
