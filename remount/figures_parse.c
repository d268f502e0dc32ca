/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's file "metrics", a line at a time. */
#include <stddef.h>
#include <string.h>

#include "base.h"
#include "figures.h"
#include "parse.h"

#define DIGITS 9 /* of a second */

/* Where the values of lines are added up that have this name and label. */
static const struct {
	const char *name;
	const char *key; /* NULL: whatever labels there are */
	const char *value;
	size_t offset;
} table[] = {
	{ "resview_requests_total", NULL, NULL,
	  offsetof(struct figures, reads) },
	{ "resview_requests_total", "result", "error",
	  offsetof(struct figures, errors) },
	{ "resview_worker_restarts_total", "reason", "crashed",
	  offsetof(struct figures, crashed) },
	{ "resview_worker_restarts_total", "reason", "hung",
	  offsetof(struct figures, hung) },
	{ "resview_worker_restarts_total", "reason", "reloaded",
	  offsetof(struct figures, reloaded) },
	{ "resview_worker_restarts_total", "reason", "refused",
	  offsetof(struct figures, refused) },
	{ "resview_requests_poisoned_total", NULL, NULL,
	  offsetof(struct figures, poisoned) },
	{ "resview_remount_runs_total", NULL, NULL,
	  offsetof(struct figures, repairs) },
	{ "resview_remount_views_total", "result", "repaired",
	  offsetof(struct figures, repaired) },
	{ "resview_remount_views_total", "result", "failed",
	  offsetof(struct figures, failed) },
};

struct line {
	struct slice name;
	struct slice labels; /* what is between the braces */
	uint64_t value;
};

/* "NAME VALUE" or "NAME{LABELS} VALUE", VALUE without a fraction. What is in
 * quotes has no blank, or is none of ours. */
static bool line_parse(struct slice text, struct line *ret)
{
	struct slice series;
	struct slice rest;

	if (!slice_word(&text, &series) ||
	    slice_next_u64(&text, &ret->value) < 0)
		return false;

	rest = series;
	if (!slice_until(&rest, '{', &ret->name))
		return false;
	ret->labels = rest;
	if (rest.len && rest.p[rest.len - 1] == '}')
		ret->labels.len--;
	return true;
}

/* The value of label KEY; empty when there is none. */
static struct slice label_of(const struct line *l, const char *key)
{
	struct slice labels = l->labels;
	struct slice name;
	struct slice value;
	struct slice none;

	while (slice_until(&labels, '=', &name)) {
		if (name.len && *name.p == ',') {
			name.p++;
			name.len--;
		}
		if (!slice_until(&labels, '"', &none) ||
		    !slice_until(&labels, '"', &value))
			break;
		if (slice_is(name, key))
			return value;
	}

	return (struct slice){ 0 };
}

static void take(const struct line *l, struct figures *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		uint64_t *at = (void *)((char *)f + table[i].offset);

		if (slice_is(l->name, table[i].name) &&
		    (!table[i].key ||
		     slice_is(label_of(l, table[i].key), table[i].value)))
			*at = add_cap(*at, l->value);
	}
}

/* "0.00005" in ns; digits beyond are dropped. */
static bool seconds_parse(struct slice text, uint64_t *ret)
{
	struct slice whole;
	uint64_t seconds;
	uint64_t ns = 0;
	uint64_t unit = NSEC_PER_SEC;

	if (slice_is(text, "+Inf")) {
		*ret = UINT64_MAX;
		return true;
	}
	if (!slice_until(&text, '.', &whole) || slice_u64(whole, &seconds) < 0)
		return false;

	for (size_t i = 0; i < text.len && i < DIGITS; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		unit /= 10;
		ns += unit * (uint64_t)(text.p[i] - '0');
	}

	*ret = add_cap(mul_cap(seconds, NSEC_PER_SEC), ns);
	return true;
}

static void bucket_add(struct figures *f, uint64_t ns, uint64_t count)
{
	size_t i = 0;

	while (i < f->nbuckets && f->buckets[i].ns < ns)
		i++;
	if (i == f->nbuckets || f->buckets[i].ns != ns) {
		if (f->nbuckets == FIGURE_BUCKETS)
			return;
		memmove(&f->buckets[i + 1], &f->buckets[i],
			(f->nbuckets - i) * sizeof(f->buckets[i]));
		f->buckets[i] = (struct figure_bucket){ .ns = ns };
		f->nbuckets++;
	}

	f->buckets[i].count = add_cap(f->buckets[i].count, count);
}

void figures_parse(const char *text, struct figures *ret)
{
	struct figures f = { .known = true };
	struct slice rest = slice_of(text);
	struct slice one;

	while (slice_line(&rest, &one)) {
		struct line l;
		uint64_t ns;

		if (!line_parse(one, &l))
			continue;
		take(&l, &f);
		if (slice_is(l.name,
			     "resview_request_duration_seconds_bucket") &&
		    seconds_parse(label_of(&l, "le"), &ns))
			bucket_add(&f, ns, l.value);
	}

	*ret = f;
}

uint64_t figures_within(const struct figures *f, unsigned percent)
{
	uint64_t all = f->nbuckets ? f->buckets[f->nbuckets - 1].count : 0;
	uint64_t wanted = mul_div(all, percent, 100);

	if (all == 0)
		return 0;

	for (size_t i = 0; i < f->nbuckets; i++)
		if (f->buckets[i].count >= max_u64(wanted, 1))
			return f->buckets[i].ns;

	return UINT64_MAX;
}
