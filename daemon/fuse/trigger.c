/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader writes into a pressure file. */
#include "trigger.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

#define WINDOW_STEP 2000000
#define WINDOW_MAX  10000000

int trigger_parse(const char *text, size_t len, struct trigger *ret)
{
	/* Like the kernel, up to the first NUL or line end. */
	struct slice rest = { text, strnlen(text, len) };
	struct slice line;
	struct slice word;
	uint64_t threshold;
	uint64_t window;
	bool full;

	if (!slice_line(&rest, &line) || !slice_word(&line, &word))
		return -EINVAL;
	full = slice_is(word, "full");
	if (!full && !slice_is(word, "some"))
		return -EINVAL;

	if (slice_next_u64(&line, &threshold) < 0 ||
	    slice_next_u64(&line, &window) < 0 || slice_word(&line, &word))
		return -EINVAL;
	if (window == 0 || window > WINDOW_MAX || window % WINDOW_STEP ||
	    threshold == 0 || threshold > window)
		return -EINVAL;

	*ret = (struct trigger){
		.full = full,
		.threshold = (uint32_t)threshold,
		.window = (uint32_t)window,
	};
	return 0;
}
