/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/cpuinfo: the host's blocks of the shown CPUs, with siblings and cores
 * counted again, and those of the machine. s390x lists the CPUs there, too:
 * "# processors : COUNT" and "processor N: ...". */
#include <errno.h>
#include <string.h>

#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* What is shown of a package. */
struct count {
	uint32_t siblings;
	uint32_t cores;
};

static bool hidden(const struct snapshot *in, uint64_t cpu)
{
	return cpu >= CPUS_MAX || !cpus_has(&in->cpus.shown, (unsigned)cpu);
}

/* Count what is shown: COUNTS has all packages. Returns 0 or -ENOMEM. */
static int count(const struct snapshot *in, struct count *counts)
{
	const struct cpuinfo *index = &in->cpuinfo;
	autofree bool *seen = calloc(index->cores + 1, sizeof(*seen));

	if (!seen)
		return -ENOMEM;

	for (size_t i = 0; i < index->n; i++) {
		const struct cpuinfo_block *b = &index->block[i];

		if (!b->is_cpu || hidden(in, b->cpu))
			continue;
		counts[b->package].siblings++;
		counts[b->package].cores += !seen[b->core];
		seen[b->core] = true;
	}

	return 0;
}

/* Copy TEXT from *FROM up to the number at AT, and write VALUE in its stead. */
static void replace(const char *text, uint32_t *from, struct cpuinfo_part at,
		    uint64_t value, struct str *out)
{
	/* In another order than on x86 and s390x it stays as it is. */
	if (at.len == 0 || at.at < *from)
		return;

	str_add(out, text + *from, at.at - *from);
	str_addu(out, value);
	*from = at.at + at.len;
}

static void cpu_render(const char *text, const struct cpuinfo_block *b,
		       const struct count *n, struct str *out)
{
	uint32_t from = b->text.at;

	replace(text, &from, b->siblings, n->siblings, out);
	replace(text, &from, b->cores, n->cores, out);
	str_add(out, text + from, b->text.at + b->text.len - from);
}

/* "processor 3: version = ..." */
static bool is_list_entry(struct slice key, uint64_t *cpu)
{
	struct slice word;

	return slice_word(&key, &word) && slice_is(word, "processor") &&
	       slice_next_u64(&key, cpu) == 0;
}

static void machine_render(const struct snapshot *in, struct slice text,
			   struct str *out)
{
	struct slice line;

	while (text.len) {
		const char *start = text.p;
		struct slice key;
		uint64_t cpu;
		bool keyed;

		(void)slice_line(&text, &line);
		keyed = cpuinfo_key(&line, &key);
		if (keyed && is_list_entry(key, &cpu) && hidden(in, cpu))
			continue;
		if (keyed && slice_is(key, "# processors")) {
			str_add(out, start, (size_t)(line.p - start));
			str_addu(out, cpus_count(&in->cpus.shown));
			start = line.p + line.len;
		}
		str_add(out, start, (size_t)(text.p - start));
	}
}

static bool ends_empty(const char *text, size_t len)
{
	return len >= 2 && memcmp(text + len - 2, "\n\n", 2) == 0;
}

void cpuinfo_render(const struct snapshot *in, struct str *out)
{
	const struct cpuinfo *index = &in->cpuinfo;
	const struct str *host = &in->host_cpuinfo;
	autofree struct count *counts =
		calloc(index->packages + 1, sizeof(*counts));
	int r = counts ? count(in, counts) : -ENOMEM;

	if (r < 0) {
		out->err = r;
		return;
	}

	for (size_t i = 0; i < index->n; i++) {
		const struct cpuinfo_block *b = &index->block[i];
		struct slice text = { host->text + b->text.at, b->text.len };

		if (!b->is_cpu)
			machine_render(in, text, out);
		else if (!hidden(in, b->cpu))
			cpu_render(host->text, b, &counts[b->package], out);
	}

	/* Where the empty line belongs to the next CPU, the last has none. */
	if (out->err == 0 && ends_empty(out->text, out->len) &&
	    !ends_empty(host->text, host->len))
		out->text[--out->len] = '\0';
}
