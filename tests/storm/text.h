/* SPDX-License-Identifier: Apache-2.0 */
/* A text of numbers between words, taken apart. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TEXT_MAX    65536
#define NUMBERS_MAX 4096

struct text {
	char data[TEXT_MAX + 1];
	size_t len;

	/* All but the numbers and the width of blanks: two readings of one
	 * file have the same, two different files never have. */
	uint64_t shape;
	/* In their order; "1.50" is 150. More than NUMBERS_MAX are not kept. */
	uint64_t number[NUMBERS_MAX];
	size_t n;
};

/* Take the first LEN bytes of DATA apart. */
void text_parse(struct text *t);

/* Read the number at P, its point left out; too long a one is UINT64_MAX.
 * Returns its end. */
const char *text_number(const char *p, uint64_t *ret);

/* How many numbers are before the line that begins with NAME. Returns
 * NUMBERS_MAX if there is no such line. */
size_t text_index(const struct text *t, const char *name);
