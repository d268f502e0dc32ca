/* SPDX-License-Identifier: Apache-2.0 */
/* node/nodeN/cpulist, cpumap: the shown CPUs of a node. */
#include <string.h>

#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

void node_cpulist_render(const struct snapshot *in, struct str *out)
{
	struct cpus set;

	if (cpus_parse(str_text(&in->host_node), &set) < 0)
		set = (struct cpus){ 0 };
	set = cpus_and(&set, &in->cpus.shown);
	cpus_line(&set, out);
}

/* The four bits of a hexadecimal digit, or 0. */
static unsigned digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (unsigned)(at - digits) : 0;
}

static unsigned digit_shown(const struct cpus *shown, unsigned first)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < 4; i++)
		mask |= (unsigned)cpus_has(shown, first + i) << i;

	return mask;
}

/* Words of 32 bits, "3,ffffffff", as many digits as the host needs for the CPUs
 * it may have; the last digit is of CPU 0 to 3. */
void node_cpumap_render(const struct snapshot *in, struct str *out)
{
	size_t len = in->host_node.len;
	unsigned cpu = 0;
	char *to;

	str_add(out, str_text(&in->host_node), len);
	if (out->err || len == 0)
		return;

	to = out->text + out->len - len;
	while (len--) {
		if (to[len] == ',' || to[len] == '\n')
			continue;
		to[len] = "0123456789abcdef"[digit_value(to[len]) &
					     digit_shown(&in->cpus.shown, cpu)];
		cpu += 4;
	}
}
