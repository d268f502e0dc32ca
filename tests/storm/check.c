/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text right? See check.h. */
#include "check.h"

#include <string.h>

#include "text.h"

#define BORN_BIAS (UINT64_C(1) << 62)
#define ABSURD    (UINT64_C(1) << 62) /* below 0, for a counter */

static void learn_counters(const struct view *v, const struct text *t,
			   struct known *k)
{
	const char *line = t->data;
	const char *p = t->data;
	uint64_t value;
	size_t n = 0;

	while (v->counts && *p && n < t->n && k->n_counters < COUNTERS_MAX) {
		if (*p == '\n')
			line = p + 1;
		if (*p < '0' || *p > '9') {
			p++;
			continue;
		}
		if (v->counts(line, p))
			k->counter[k->n_counters++] = (uint16_t)n;
		p = text_number(p, &value);
		n++;
	}
}

const char *check_learn(const struct view *v, const struct text *t,
			struct known *k)
{
	size_t total = text_index(t, "MemTotal:");

	if (strncmp(t->data, v->begin, strlen(v->begin)) != 0)
		return "it does not begin as this file does";

	*k = (struct known){ .shape = t->shape };
	atomic_store(&k->born_before, UINT64_MAX);
	if (total < NUMBERS_MAX)
		k->total = t->number[total];
	learn_counters(v, t, k);
	for (size_t i = 0; v->keys && v->keys[i]; i++) {
		k->key[i] = (uint16_t)text_index(t, v->keys[i]);
		if (k->key[i] == NUMBERS_MAX)
			return "a line is missing";
	}

	return v->rule ? v->rule(k, t) : NULL;
}

static void raise_to(_Atomic uint64_t *at, uint64_t value)
{
	uint64_t old = atomic_load(at);

	while (old < value && !atomic_compare_exchange_weak(at, &old, value))
		continue;
}

static void lower_to(_Atomic uint64_t *at, uint64_t value)
{
	uint64_t old = atomic_load(at);

	while (old > value && !atomic_compare_exchange_weak(at, &old, value))
		continue;
}

void check_begin(struct reading *r, uint64_t now)
{
	for (size_t i = 0; i < r->known->n_counters; i++)
		r->highest[i] = atomic_load(&r->known->highest[i]);
	r->before = now;
}

static enum verdict check_one(struct reading *r, const struct text *t)
{
	const struct view *v = r->view;

	if (t->len && t->data[t->len - 1] != '\n')
		r->why = "it ends within a line";
	else if (strncmp(t->data, v->begin, strlen(v->begin)) != 0)
		r->why = "it does not begin as this file does";
	else if (t->shape != r->known->shape)
		r->why = "it is not the text of this file";
	for (size_t i = 0; i < t->n && !r->why; i++)
		if (t->number[i] >= ABSURD)
			r->why = "a number is absurd";
	if (!r->why && v->rule)
		r->why = v->rule(r->known, t);

	return r->why ? TORN : RIGHT;
}

static enum verdict check_age(struct reading *r, const struct text *t)
{
	struct known *k = r->known;
	uint64_t age = r->view->age(k, t);
	uint64_t not_before = r->before + BORN_BIAS - age - r->view->resolution;
	uint64_t not_after = r->after + BORN_BIAS - age;

	if (not_before > atomic_load(&k->born_before)) {
		r->why = "it was made before the reading began";
		return STALE;
	}
	if (not_after < atomic_load(&k->born_after)) {
		r->why = "it is of a time to come";
		return TORN;
	}

	raise_to(&k->born_after, not_before);
	lower_to(&k->born_before, not_after);
	return RIGHT;
}

static enum verdict check_counters(struct reading *r, const struct text *t)
{
	struct known *k = r->known;

	for (size_t i = 0; i < k->n_counters; i++) {
		uint64_t value = t->number[k->counter[i]];

		if (value < r->highest[i]) {
			r->why = "a counter went back";
			return BACKWARDS;
		}
		raise_to(&k->highest[i], value);
	}

	return RIGHT;
}

enum verdict check_text(struct reading *r, const struct text *t, uint64_t now)
{
	enum verdict verdict;

	r->after = now;
	r->why = NULL;
	verdict = check_one(r, t);
	if (verdict == RIGHT && r->view->age)
		verdict = check_age(r, t);
	if (verdict == RIGHT)
		verdict = check_counters(r, t);

	return verdict;
}
