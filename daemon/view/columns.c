/* SPDX-License-Identifier: Apache-2.0 */
/* One column for each CPU, as wide as the kernel makes it. */
#include "columns.h"

#include <string.h>

#include "base.h"
#include "cpus.h"
#include "str.h"

#define WIDTH 11

void columns_heads(const struct cpus *shown, struct str *out)
{
	for (unsigned i = cpus_next(shown, 0); i < CPUS_MAX;
	     i = cpus_next(shown, i + 1)) {
		size_t end = out->len + WIDTH;

		str_add(out, "CPU", 3);
		str_addu(out, i);
		str_add(out, "           ", sub_floor(end, out->len));
	}
}

void columns_zeros(size_t n, struct str *out)
{
	char *at = str_reserve(out, n * WIDTH);

	if (!at)
		return;

	memset(at, ' ', n * WIDTH);
	for (size_t i = 1; i <= n; i++)
		at[i * WIDTH - 1] = '0';
	at[n * WIDTH] = '\0';
	out->len += n * WIDTH;
}
