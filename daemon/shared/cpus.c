/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of CPU ids. */
#include "cpus.h"

#include <errno.h>

#include "base.h"
#include "parse.h"
#include "str.h"

static int id_parse(struct slice s, unsigned *ret)
{
	uint64_t id;
	int r = slice_u64(s, &id);

	if (r < 0)
		return r;
	if (id >= CPUS_MAX)
		return -ERANGE;

	*ret = (unsigned)id;
	return 0;
}

/* "3" or "8-11" */
static int range_add(struct slice range, struct cpus *set)
{
	struct slice part;
	unsigned first;
	unsigned last;
	int r;

	if (!slice_until(&range, '-', &part))
		return -EINVAL;

	r = id_parse(part, &first);
	if (r < 0)
		return r;

	last = first;
	if (part.p + part.len != range.p) {
		r = id_parse(range, &last);
		if (r < 0)
			return r;
	}
	if (last < first)
		return -EINVAL;

	for (unsigned i = first; i <= last; i++)
		cpus_add(set, i);

	return 0;
}

int cpus_parse(const char *text, struct cpus *ret)
{
	struct slice rest = slice_of(text);
	struct slice range;
	struct cpus set = { 0 };
	int r;

	if (rest.len && rest.p[rest.len - 1] == '\n')
		rest.len--;
	if (rest.len && rest.p[rest.len - 1] == ',')
		return -EINVAL;

	while (slice_until(&rest, ',', &range)) {
		r = range_add(range, &set);
		if (r < 0)
			return r;
	}

	*ret = set;
	return 0;
}

void cpus_format(const struct cpus *set, struct str *out)
{
	const char *comma = "";

	for (unsigned i = cpus_next(set, 0); i < CPUS_MAX;) {
		unsigned last = i;

		while (last + 1 < CPUS_MAX && cpus_has(set, last + 1))
			last++;

		str_adds(out, comma);
		str_addu(out, i);
		if (last > i) {
			str_adds(out, "-");
			str_addu(out, last);
		}

		comma = ",";
		i = cpus_next(set, last + 1);
	}
}

void cpus_line(const struct cpus *set, struct str *out)
{
	cpus_format(set, out);
	str_add(out, "\n", 1);
}

bool cpus_has(const struct cpus *set, unsigned cpu)
{
	return cpu < CPUS_MAX && (set->bits[cpu / 64] >> (cpu % 64) & 1);
}

void cpus_add(struct cpus *set, unsigned cpu)
{
	if (cpu < CPUS_MAX)
		set->bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

unsigned cpus_count(const struct cpus *set)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(set->bits); i++)
		n += (unsigned)__builtin_popcountll(set->bits[i]);

	return n;
}

unsigned cpus_next(const struct cpus *set, unsigned from)
{
	for (unsigned i = from / 64; i < ARRAY_SIZE(set->bits); i++) {
		uint64_t word = set->bits[i];

		if (i == from / 64)
			word &= UINT64_MAX << (from % 64);
		if (word)
			return i * 64 + (unsigned)__builtin_ctzll(word);
	}

	return CPUS_MAX;
}

struct cpus cpus_and(const struct cpus *a, const struct cpus *b)
{
	struct cpus set;

	for (size_t i = 0; i < ARRAY_SIZE(set.bits); i++)
		set.bits[i] = a->bits[i] & b->bits[i];

	return set;
}

struct cpus cpus_without(const struct cpus *a, const struct cpus *b)
{
	struct cpus set;

	for (size_t i = 0; i < ARRAY_SIZE(set.bits); i++)
		set.bits[i] = a->bits[i] & ~b->bits[i];

	return set;
}

struct cpus cpus_first(const struct cpus *set, unsigned n)
{
	struct cpus first = { 0 };

	for (unsigned i = cpus_next(set, 0); i < CPUS_MAX && n; n--) {
		cpus_add(&first, i);
		i = cpus_next(set, i + 1);
	}

	return first;
}
