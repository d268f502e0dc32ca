/* SPDX-License-Identifier: Apache-2.0 */
/* The words of Prometheus's text format 0.0.4. */
#pragma once

#include <stdint.h>

struct count_sum;
struct str;

/* Up to two; a NULL key is none. */
struct labels {
	const char *key;
	const char *value; /* any text */
	const char *key2;
	const char *value2;
};

/* What NAME is, before its values. TYPE: "counter", "gauge", "histogram". HELP
 * is one line without backslashes. */
void metric_family(struct str *out, const char *name, const char *type,
		   const char *help);

/* "NAME{LABELS} VALUE" */
void metric_u64(struct str *out, const char *name, const struct labels *l,
		uint64_t value);

/* The same, VALUE in ns and shown in seconds. */
void metric_seconds(struct str *out, const char *name, const struct labels *l,
		    uint64_t ns);

/* The lines of the histogram NAME; L has at most one label. */
void metric_histogram(struct str *out, const char *name, const struct labels *l,
		      const struct count_sum *sum);
