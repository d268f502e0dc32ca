/* SPDX-License-Identifier: Apache-2.0 */
/* The words of Prometheus's text format 0.0.4. */
#include "metrics_text.h"

#include <inttypes.h>

#include "base.h"
#include "counters.h"
#include "str.h"

static void put_value(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			str_adds(out, "\\n");
			continue;
		}
		if (*text == '\\' || *text == '"')
			str_adds(out, "\\");
		str_add(out, text, 1);
	}
}

static void put_label(struct str *out, char before, const char *key,
		      const char *value)
{
	str_add(out, &before, 1);
	str_addf(out, "%s=\"", key);
	put_value(out, value);
	str_adds(out, "\"");
}

static void put_name(struct str *out, const char *name, const struct labels *l)
{
	str_adds(out, name);
	if (l->key) {
		put_label(out, '{', l->key, l->value);
		if (l->key2)
			put_label(out, ',', l->key2, l->value2);
		str_adds(out, "}");
	}
	str_adds(out, " ");
}

/* Without the zeros that say nothing: "0.00005", "1". */
static void put_seconds(struct str *out, uint64_t ns)
{
	uint64_t rest = ns % NSEC_PER_SEC;
	int digits = 9;

	str_addu(out, ns / NSEC_PER_SEC);
	if (!rest)
		return;

	for (; rest % 10 == 0; rest /= 10)
		digits--;
	str_addf(out, ".%0*" PRIu64, digits, rest);
}

void metric_family(struct str *out, const char *name, const char *type,
		   const char *help)
{
	str_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metric_u64(struct str *out, const char *name, const struct labels *l,
		uint64_t value)
{
	put_name(out, name, l);
	str_addu(out, value);
	str_adds(out, "\n");
}

void metric_seconds(struct str *out, const char *name, const struct labels *l,
		    uint64_t ns)
{
	put_name(out, name, l);
	put_seconds(out, ns);
	str_adds(out, "\n");
}

void metric_histogram(struct str *out, const char *name, const struct labels *l,
		      const struct count_sum *sum)
{
	autostr struct str part = { 0 };
	uint64_t n = 0;

	str_addf(&part, "%s_bucket", name);
	for (size_t i = 0; i < COUNT_BUCKETS; i++) {
		autostr struct str end = { 0 };
		struct labels both = *l;

		n += sum->buckets[i];
		if (counters_bucket(i) == UINT64_MAX)
			str_adds(&end, "+Inf");
		else
			put_seconds(&end, counters_bucket(i));
		both.key2 = "le";
		both.value2 = str_text(&end);
		metric_u64(out, str_text(&part), &both, n);
	}

	str_reset(&part);
	str_addf(&part, "%s_sum", name);
	metric_seconds(out, str_text(&part), l, sum->ns);
	str_reset(&part);
	str_addf(&part, "%s_count", name);
	metric_u64(out, str_text(&part), l, n);
	if (part.err)
		out->err = part.err;
}
