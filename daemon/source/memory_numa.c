/* SPDX-License-Identifier: Apache-2.0 */
/* memory.numa_stat, taken apart by node.
 *
 * Lines are "anon N0=4096 N1=0" (v2, bytes) and "hierarchical_anon=1 N0=1 N1=0"
 * (v1, pages; the number after the key is the sum). */
#include "memory.h"

#include "base.h"
#include "parse.h"
#include "str.h"

/* Is WORD "N<NODE>=<number>"? */
static bool is_of(struct slice word, unsigned node, uint64_t *ret)
{
	struct slice name;
	uint64_t id;

	if (!slice_until(&word, '=', &name) || name.len < 2 || *name.p != 'N')
		return false;

	name.p++;
	name.len--;
	return slice_u64(name, &id) == 0 && id == node &&
	       slice_u64(word, ret) == 0;
}

static bool value_of(struct slice words, unsigned node, uint64_t *ret)
{
	struct slice word;

	while (slice_word(&words, &word))
		if (is_of(word, node, ret))
			return true;

	return false;
}

void memory_numa_lines(const char *text, unsigned node, struct str *out)
{
	struct slice rest = slice_of(text);
	struct slice line;

	while (slice_line(&rest, &line)) {
		struct slice first;
		struct slice key;
		uint64_t value;

		if (!slice_word(&line, &first) ||
		    !slice_until(&first, '=', &key) ||
		    !value_of(line, node, &value))
			continue;
		str_add(out, key.p, key.len);
		str_add(out, " ", 1);
		str_addu(out, value);
		str_add(out, "\n", 1);
	}
}

int memory_numa_parse(const struct memory_files *files, const char *text,
		      unsigned node, struct memory_stat *stat, uint64_t *used)
{
	autostr struct str lines = { 0 };

	*stat = (struct memory_stat){ 0 };
	*used = 0;
	memory_numa_lines(text, node, &lines);
	if (lines.err)
		return lines.err;

	(void)files->node_parse(str_text(&lines), stat, used);
	return 0;
}
