/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/cpuinfo: the host's blocks of the shown CPUs, with siblings and cores
 * counted again.
 *
 * A block ends with an empty line. That of a CPU has "processor : N" (x86, arm,
 * powerpc, riscv) or "cpu number : N" (s390x); all others describe the machine
 * and are kept. s390x also lists the CPUs at the top: "# processors : COUNT"
 * and "processor N: ...". */
#include <errno.h>
#include <string.h>

#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* Where a shown CPU is. Machines that do not say are one package, and their
 * CPUs one core. */
struct place {
	uint64_t package;
	uint64_t core;
};

struct places {
	struct place *at; /* sorted */
	size_t n;
};

/* What a block says of its CPU. */
struct block {
	bool is_cpu;
	uint64_t cpu;
	struct place place;
};

/* Take the key off LINE, without the blanks before the ':', and leave the value
 * without those after it. False when there is no ':'. */
static bool take_key(struct slice *line, struct slice *key)
{
	if (!slice_until(line, ':', key) || key->p + key->len == line->p)
		return false;

	while (key->len &&
	       (key->p[key->len - 1] == ' ' || key->p[key->len - 1] == '\t'))
		key->len--;
	while (line->len && (*line->p == ' ' || *line->p == '\t')) {
		line->p++;
		line->len--;
	}

	return true;
}

/* Take the next block off *TEXT, its empty line included. */
static bool take_block(struct slice *text, struct slice *ret)
{
	const char *end;

	if (text->len == 0)
		return false;

	end = memmem(text->p, text->len, "\n\n", 2);
	ret->p = text->p;
	ret->len = end ? (size_t)(end + 2 - text->p) : text->len;
	text->p += ret->len;
	text->len -= ret->len;
	return true;
}

static struct block block_parse(struct slice text)
{
	struct block b = { 0 };
	struct slice line;
	struct slice key;

	while (slice_line(&text, &line)) {
		/* Only these first letters are of interest: the flags line of
		 * an x86 CPU is longer than all others together. */
		if (line.len == 0 || !strchr("pc", *line.p) ||
		    !take_key(&line, &key))
			continue;

		if (slice_is(key, "processor") || slice_is(key, "cpu number"))
			b.is_cpu = slice_u64(line, &b.cpu) == 0;
		else if (slice_is(key, "physical id"))
			(void)slice_u64(line, &b.place.package);
		else if (slice_is(key, "core id"))
			(void)slice_u64(line, &b.place.core);
	}

	return b;
}

static bool hidden(const struct snapshot *in, uint64_t cpu)
{
	return cpu >= CPUS_MAX || !cpus_has(&in->cpus.shown, (unsigned)cpu);
}

static int place_compare(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->package != y->package)
		return x->package < y->package ? -1 : 1;
	if (x->core != y->core)
		return x->core < y->core ? -1 : 1;

	return 0;
}

/* The places of all shown CPUs, no more than MAX. */
static void places_find(const struct snapshot *in, struct places *ret,
			size_t max)
{
	struct slice rest = slice_of(str_text(&in->host_cpuinfo));
	struct slice text;

	while (ret->n < max && take_block(&rest, &text)) {
		struct block b = block_parse(text);

		if (b.is_cpu && !hidden(in, b.cpu))
			ret->at[ret->n++] = b.place;
	}

	qsort(ret->at, ret->n, sizeof(*ret->at), place_compare);
}

/* How many shown CPUs, and how many different cores, a package has. */
struct count {
	uint64_t package;
	uint64_t siblings; /* 0: nothing counted yet */
	uint64_t cores;
};

/* Make COUNT that of PACKAGE; mostly it is already, for ids come in order. */
static void places_count(const struct places *places, uint64_t package,
			 struct count *count)
{
	size_t low = 0;
	size_t high = places->n;

	if (count->siblings && count->package == package)
		return;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (places->at[middle].package < package)
			low = middle + 1;
		else
			high = middle;
	}

	*count = (struct count){ .package = package };
	for (size_t i = low; i < places->n && places->at[i].package == package;
	     i++) {
		count->siblings++;
		count->cores += i == low ||
				places->at[i].core != places->at[i - 1].core;
	}
}

/* Copy TEXT, but with our own numbers in two of its lines. */
static void cpu_render(struct slice text, const struct count *count,
		       struct str *out)
{
	const char *from = text.p;
	const char *end = text.p + text.len;
	struct slice line;
	struct slice key;

	while (slice_line(&text, &line)) {
		bool siblings;

		if (line.len == 0 || !strchr("sc", *line.p) ||
		    !take_key(&line, &key))
			continue;
		siblings = slice_is(key, "siblings");
		if (!siblings && !slice_is(key, "cpu cores"))
			continue;

		str_add(out, from, (size_t)(line.p - from));
		str_addu(out, siblings ? count->siblings : count->cores);
		from = line.p + line.len;
	}

	str_add(out, from, (size_t)(end - from));
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
		keyed = take_key(&line, &key);
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

void cpuinfo_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_cpuinfo));
	size_t max = cpus_count(&in->cpus.shown);
	autofree struct place *at = calloc(max + 1, sizeof(*at));
	struct places places = { at, 0 };
	struct count count = { 0 };
	struct slice text;

	if (!at) {
		out->err = -ENOMEM;
		return;
	}

	places_find(in, &places, max);
	while (take_block(&rest, &text)) {
		struct block b = block_parse(text);

		if (!b.is_cpu) {
			machine_render(in, text, out);
		} else if (!hidden(in, b.cpu)) {
			places_count(&places, b.place.package, &count);
			cpu_render(text, &count, out);
		}
	}
}
