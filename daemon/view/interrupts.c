/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/interrupts: the host's rows and what it says of them, nothing counted.
 *
 * Format: kernel/irq/proc.c, and arch_show_interrupts() of each architecture,
 * whose last rows (ERR, MIS) have one number for all CPUs. How wide the first
 * column is depends on how many interrupts the kernel has room for. */
#include <string.h>

#include "base.h"
#include "columns.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* Take up to MAX numbers off *LINE. Returns how many there were. */
static size_t take_numbers(struct slice *line, size_t max)
{
	size_t n = 0;

	while (n < max) {
		struct slice rest = *line;
		struct slice word;
		uint64_t value;

		if (!slice_word(&rest, &word) || slice_u64(word, &value) < 0)
			break;
		line->len -= (size_t)(word.p + word.len - line->p);
		line->p = word.p + word.len;
		n++;
	}

	return n;
}

void interrupts_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_interrupts));
	size_t shown = cpus_count(&in->cpus.shown);
	struct slice line;
	size_t cpus;

	if (!slice_line(&rest, &line))
		return;

	cpus = slice_words(line);
	str_add(out, line.p, min_u64(strspn(line.p, " "), line.len));
	columns_heads(&in->cpus.shown, out);
	str_add(out, "\n", 1);

	while (slice_line(&rest, &line)) {
		struct slice name;
		size_t n;

		if (!slice_until(&line, ':', &name) ||
		    name.p + name.len == line.p)
			continue;
		str_add(out, name.p, name.len + 1);
		n = take_numbers(&line, cpus);
		columns_zeros(n == cpus ? shown : n, out);
		str_add(out, line.p, line.len);
		str_add(out, "\n", 1);
	}
}
