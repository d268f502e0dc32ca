/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's file "metrics", or what another file system serves there. */
#include "fuzz.h"

#include "figures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_text(data, size);
	autostr struct str out = { 0 };
	struct figures f;

	figures_parse(str_text(&text), &f);
	fuzz_require(f.known && f.nbuckets <= FIGURE_BUCKETS);
	for (size_t i = 1; i < f.nbuckets; i++)
		fuzz_require(f.buckets[i - 1].ns < f.buckets[i].ns);
	figures_show(&f, &out);
	figures_json(&f, &out);
	fuzz_require(out.err == 0);

	str_free(&text);
	return 0;
}
