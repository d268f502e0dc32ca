/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a cpuinfo, and which of them are of one core or package.
 *
 * An empty line ends a block, and on s390x begins the next. That of a CPU has
 * "processor : N" (x86, arm, powerpc, riscv) or "cpu number : N" (s390x); all
 * others describe the machine. */
#include "cpuinfo.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "cpus.h"
#include "parse.h"

/* Where a CPU is. A number counts within what the one before it names: a socket
 * of s390x has a number in its book, and that one in its drawer. */
enum level {
	DRAWER,
	BOOK,
	PACKAGE,
	CORE,
	LEVELS
};

struct place {
	uint64_t of[LEVELS];
	size_t block;
};

/* The places of all CPUs. */
struct places {
	struct place *place;
	size_t n;
};

/* What is known of the block that is being read. */
struct reading {
	const char *start; /* of the whole text */
	struct cpuinfo_block *block;
	struct place *place;
};

bool cpuinfo_key(struct slice *line, struct slice *key)
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

static struct cpuinfo_part part_of(const struct reading *r, struct slice s)
{
	return (struct cpuinfo_part){ (uint32_t)(s.p - r->start),
				      (uint32_t)s.len };
}

static void cpu_set(struct cpuinfo_block *b, struct slice value)
{
	uint64_t cpu;

	b->is_cpu = slice_u64(value, &cpu) == 0;
	if (b->is_cpu)
		b->cpu = (uint32_t)min_u64(cpu, CPUS_MAX);
}

static void line_note(const struct reading *r, struct slice line)
{
	static const char *const levels[LEVELS] = {
		[DRAWER] = "drawer id",
		[BOOK] = "book id",
		[PACKAGE] = "physical id",
		[CORE] = "core id",
	};
	/* Only these are looked at closely: there are many lines, and the flags
	 * of an x86 CPU are longer than all others together. */
	static const char initials[] = { 'p', 'c', 's', 'b', 'd' };
	struct cpuinfo_block *b = r->block;
	struct slice key;

	if (!memchr(initials, *line.p, sizeof(initials)) ||
	    !cpuinfo_key(&line, &key))
		return;

	if (slice_is(key, "processor") || slice_is(key, "cpu number"))
		cpu_set(b, line);
	else if (slice_is(key, "siblings"))
		b->siblings = part_of(r, line);
	else if (slice_is(key, "cpu cores"))
		b->cores = part_of(r, line);
	else
		for (int i = 0; i < LEVELS; i++)
			if (slice_is(key, levels[i]))
				(void)slice_u64(line, &r->place->of[i]);
}

/* Take the next block off *TEXT, which is not empty. */
static void block_read(const struct reading *r, struct slice *text)
{
	struct slice whole = *text;
	struct slice line;

	*r->block = (struct cpuinfo_block){ .cpu = CPUS_MAX };
	*r->place = (struct place){ .of = { 0 } };
	while (slice_line(text, &line) && line.len)
		line_note(r, line);

	whole.len -= text->len;
	r->block->text = part_of(r, whole);
}

/* Make room for N blocks. Returns 0 or -ENOMEM. */
static int blocks_reserve(struct cpuinfo *index, size_t n)
{
	struct cpuinfo_block *more;

	if (n <= index->cap)
		return 0;

	more = reallocarray(index->block, n, sizeof(*more));
	if (!more)
		return -ENOMEM;

	index->block = more;
	index->cap = n;
	return 0;
}

static int place_compare(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	for (int i = 0; i < LEVELS; i++)
		if (x->of[i] != y->of[i])
			return x->of[i] < y->of[i] ? -1 : 1;

	return 0;
}

/* Number the packages and cores. */
static void places_number(struct places *p, struct cpuinfo *index)
{
	index->packages = 0;
	index->cores = 0;
	if (p->n)
		qsort(p->place, p->n, sizeof(*p->place), place_compare);

	for (size_t i = 0; i < p->n; i++) {
		const struct place *at = &p->place[i];
		struct cpuinfo_block *b = &index->block[at->block];

		if (i == 0 ||
		    memcmp(at->of, at[-1].of, CORE * sizeof(at->of[0])) != 0)
			index->packages++;
		if (i == 0 || place_compare(at, at - 1) != 0)
			index->cores++;
		b->package = index->packages - 1;
		b->core = index->cores - 1;
	}
}

/* Make room for one more of each. Returns 0 or -ENOMEM. */
static int reserve(struct cpuinfo *index, struct places *p, size_t *cap)
{
	struct place *more;
	int r;

	if (index->n < *cap)
		return 0;

	*cap = *cap ? 2 * *cap : 16;
	r = blocks_reserve(index, *cap);
	if (r < 0)
		return r;
	more = reallocarray(p->place, *cap, sizeof(*more));
	if (!more)
		return -ENOMEM;

	p->place = more;
	return 0;
}

static int blocks_read(struct slice text, struct cpuinfo *index,
		       struct places *p)
{
	struct reading r = { .start = text.p };
	size_t cap = 0;

	while (text.len) {
		int err = reserve(index, p, &cap);

		if (err < 0)
			return err;
		r.block = &index->block[index->n];
		r.place = &p->place[p->n];
		block_read(&r, &text);
		r.place->block = index->n++;
		p->n += r.block->is_cpu;
	}

	return 0;
}

int cpuinfo_parse(struct slice text, struct cpuinfo *index)
{
	struct places p = { 0 };
	int r = -EFBIG;

	index->n = 0;
	if (text.len <= UINT32_MAX)
		r = blocks_read(text, index, &p);
	if (r == 0)
		places_number(&p, index);
	free(p.place);
	return r;
}

int cpuinfo_copy(const struct cpuinfo *from, struct cpuinfo *to)
{
	int r = blocks_reserve(to, from->n);

	if (r < 0)
		return r;

	if (from->n)
		memcpy(to->block, from->block, from->n * sizeof(*to->block));
	to->n = from->n;
	to->packages = from->packages;
	to->cores = from->cores;
	return 0;
}

void cpuinfo_free(struct cpuinfo *index)
{
	free(index->block);
	*index = (struct cpuinfo){ 0 };
}
