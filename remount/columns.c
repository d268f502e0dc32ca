/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of words, set in columns. */
#include "columns.h"

#include <stdbool.h>

#include "base.h"
#include "parse.h"
#include "str.h"

#define COLUMNS_MAX 32
#define GAP         2

static void measure(const char *rows, size_t widths[static COLUMNS_MAX])
{
	struct slice rest = slice_of(rows);
	struct slice line;
	struct slice cell;

	while (slice_line(&rest, &line))
		for (size_t i = 0;
		     i < COLUMNS_MAX && slice_until(&line, '\t', &cell); i++)
			widths[i] = max_u64(widths[i], cell.len);
}

static void blanks(struct str *out, size_t n)
{
	str_addf(out, "%*s", (int)n, "");
}

static void line_set(struct slice line, const size_t *widths, uint32_t right,
		     struct str *out)
{
	struct slice cell;
	size_t pad = 0; /* what the cell before still lacks */

	for (size_t i = 0; i < COLUMNS_MAX && slice_until(&line, '\t', &cell);
	     i++) {
		size_t lacks = widths[i] - cell.len;
		bool to_right = right & (UINT32_C(1) << i);

		blanks(out, pad + (to_right ? lacks : 0));
		str_add(out, cell.p, cell.len);
		pad = GAP + (to_right ? 0 : lacks);
	}
	str_adds(out, "\n");
}

void columns_set(const char *rows, uint32_t right, struct str *out)
{
	size_t widths[COLUMNS_MAX] = { 0 };
	struct slice rest = slice_of(rows);
	struct slice line;

	measure(rows, widths);
	while (slice_line(&rest, &line))
		line_set(line, widths, right, out);
}
