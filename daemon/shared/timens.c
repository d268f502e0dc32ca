/* SPDX-License-Identifier: Apache-2.0 */
/* The clock offset of a time namespace, time_namespaces(7). */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "base.h"
#include "file.h"
#include "parse.h"
#include "proc.h"
#include "str.h"

#define TEXT_MAX 4096

static int next_signed(struct slice *line, int64_t *ret)
{
	struct slice word;
	bool negative;
	uint64_t value;

	if (!slice_word(line, &word))
		return -EINVAL;

	negative = *word.p == '-';
	word.p += negative;
	word.len -= negative;
	if (slice_u64(word, &value) < 0 || value > INT64_MAX)
		return -EINVAL;

	*ret = negative ? -(int64_t)value : (int64_t)value;
	return 0;
}

/* "boottime -3600 0": seconds and nanoseconds */
int proc_timens_parse(const char *text, int64_t *ret)
{
	struct slice rest = slice_of(text);
	struct slice line;
	struct slice name;

	while (slice_line(&rest, &line)) {
		int64_t seconds;
		int64_t ns;

		if (!slice_word(&line, &name) || !slice_is(name, "boottime"))
			continue;
		if (next_signed(&line, &seconds) < 0 ||
		    next_signed(&line, &ns) < 0 ||
		    __builtin_mul_overflow(seconds, (int64_t)NSEC_PER_SEC,
					   &seconds) ||
		    __builtin_add_overflow(seconds, ns, &seconds))
			return -EINVAL;
		*ret = seconds;
		return 0;
	}

	return -EINVAL;
}

int proc_timens_read(int proc, pid_t pid, int64_t *ret)
{
	autostr struct str text = { 0 };
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "%d/timens_offsets", (int)pid);
	r = file_read(proc, path, TEXT_MAX, &text);
	if (r < 0)
		return r;

	return proc_timens_parse(str_text(&text), ret);
}
