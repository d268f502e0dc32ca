/* SPDX-License-Identifier: Apache-2.0 */
/* What all fuzz targets share. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "str.h"

/* Called by libFuzzer; every fuzz_*.c has one. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop here, which libFuzzer reports with the input, unless OK. */
static inline void fuzz_require(int ok)
{
	if (!ok)
		__builtin_trap();
}

/* DATA as text; what is behind a NUL is not seen by the parsers. */
static inline struct str fuzz_text(const uint8_t *data, size_t size)
{
	struct str text = { 0 };

	str_add(&text, data, size);
	fuzz_require(text.err == 0);
	return text;
}
