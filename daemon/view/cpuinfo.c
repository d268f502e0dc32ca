/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/cpuinfo: the host's blocks of the shown CPUs, with siblings and cores
 * counted again.
 *
 * A block ends with an empty line. That of a CPU has "processor : N" (x86, arm,
 * powerpc, riscv) or "cpu number : N" (s390x); all others describe the machine
 * and are kept. s390x also lists the CPUs at the top: "# processors : COUNT"
 * and "processor N: ...". */
#include <errno.h>

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

/* A block, its empty line included, and what it says of its CPU. */
struct block {
	struct slice text;
	bool is_cpu;
	uint64_t cpu;
	struct place place;
	struct slice siblings; /* where the number stands; len 0: nowhere */
	struct slice cores;
};

/* The blocks that are shown, and where their CPUs are. */
struct blocks {
	struct block *block;
	struct place *place; /* sorted */
	size_t n;
	size_t n_places;
	size_t cap;
};

#define autoblocks __attribute__((cleanup(blocks_free)))
static void blocks_free(struct blocks *b)
{
	free(b->block);
	free(b->place);
}

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

static void block_note(struct block *b, struct slice line)
{
	struct slice key;

	/* Only these are looked at closely: there are many lines, and the flags
	 * of an x86 CPU are longer than all others together. */
	if (*line.p != 'p' && *line.p != 'c' && *line.p != 's')
		return;
	if (!take_key(&line, &key))
		return;

	if (slice_is(key, "processor") || slice_is(key, "cpu number"))
		b->is_cpu = slice_u64(line, &b->cpu) == 0;
	else if (slice_is(key, "physical id"))
		(void)slice_u64(line, &b->place.package);
	else if (slice_is(key, "core id"))
		(void)slice_u64(line, &b->place.core);
	else if (slice_is(key, "siblings"))
		b->siblings = line;
	else if (slice_is(key, "cpu cores"))
		b->cores = line;
}

/* Take the next block off *TEXT. */
static bool take_block(struct slice *text, struct block *ret)
{
	struct block b = { .text = *text };
	struct slice line;

	if (text->len == 0)
		return false;

	while (slice_line(text, &line) && line.len)
		block_note(&b, line);

	b.text.len -= text->len;
	*ret = b;
	return true;
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

/* Make room for one more of each. Returns 0 or -ENOMEM. */
static int blocks_reserve(struct blocks *b)
{
	size_t cap = b->cap ? 2 * b->cap : 16;
	struct block *block;
	struct place *place;

	if (b->n < b->cap)
		return 0;

	block = realloc(b->block, cap * sizeof(*block));
	if (!block)
		return -ENOMEM;
	b->block = block;
	place = realloc(b->place, cap * sizeof(*place));
	if (!place)
		return -ENOMEM;
	b->place = place;
	b->cap = cap;
	return 0;
}

static int blocks_find(const struct snapshot *in, struct blocks *ret)
{
	struct slice rest = slice_of(str_text(&in->host_cpuinfo));
	struct block b;

	while (take_block(&rest, &b)) {
		int r;

		if (b.is_cpu && hidden(in, b.cpu))
			continue;
		r = blocks_reserve(ret);
		if (r < 0)
			return r;
		ret->block[ret->n++] = b;
		if (b.is_cpu)
			ret->place[ret->n_places++] = b.place;
	}

	if (ret->n_places)
		qsort(ret->place, ret->n_places, sizeof(*ret->place),
		      place_compare);
	return 0;
}

/* How many shown CPUs, and how many different cores, a package has. */
struct count {
	uint64_t package;
	uint64_t siblings; /* 0: nothing counted yet */
	uint64_t cores;
};

/* Make COUNT that of PACKAGE; mostly it is already, for ids come in order. */
static void places_count(const struct blocks *b, uint64_t package,
			 struct count *count)
{
	size_t low = 0;
	size_t high = b->n_places;

	if (count->siblings && count->package == package)
		return;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->place[middle].package < package)
			low = middle + 1;
		else
			high = middle;
	}

	*count = (struct count){ .package = package };
	for (size_t i = low; i < b->n_places && b->place[i].package == package;
	     i++) {
		count->siblings++;
		count->cores +=
			i == low || b->place[i].core != b->place[i - 1].core;
	}
}

/* Copy from *FROM up to the number at AT, and write VALUE in its stead. */
static void replace(const char **from, struct slice at, uint64_t value,
		    struct str *out)
{
	if (at.len == 0)
		return;

	str_add(out, *from, (size_t)(at.p - *from));
	str_addu(out, value);
	*from = at.p + at.len;
}

static void cpu_render(const struct block *b, const struct count *count,
		       struct str *out)
{
	const char *from = b->text.p;
	const char *end = b->text.p + b->text.len;

	/* In this order, on x86 and s390x. */
	replace(&from, b->siblings, count->siblings, out);
	if (b->cores.p >= from)
		replace(&from, b->cores, count->cores, out);
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
	autoblocks struct blocks blocks = { 0 };
	struct count count = { 0 };
	int r = blocks_find(in, &blocks);

	if (r < 0) {
		out->err = r;
		return;
	}

	for (size_t i = 0; i < blocks.n; i++) {
		const struct block *b = &blocks.block[i];

		if (b->is_cpu) {
			places_count(&blocks, b->place.package, &count);
			cpu_render(b, &count, out);
		} else {
			machine_render(in, b->text, out);
		}
	}
}
