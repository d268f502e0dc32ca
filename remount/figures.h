/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon says of itself in its file "metrics", as far as a line or two
 * can tell it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;
struct survey;

#define FIGURE_BUCKETS 32

struct figures {
	bool known; /* else there is nothing */
	uint64_t reads;
	uint64_t errors; /* of these */
	uint64_t crashed;
	uint64_t hung;
	uint64_t reloaded;
	uint64_t refused;
	uint64_t poisoned;
	uint64_t repairs; /* runs of resview-remount */
	uint64_t repaired;
	uint64_t failed;

	/* How many reads took no longer than `ns`, ascending; the last are all,
	 * UINT64_MAX. */
	struct figure_bucket {
		uint64_t ns;
		uint64_t count;
	} buckets[FIGURE_BUCKETS];
	size_t nbuckets;
};

/* Take them out of TEXT; what is not in there is 0. */
void figures_parse(const char *text, struct figures *ret);

/* PERCENT of all reads took no longer than this, in ns; 0: there were none;
 * UINT64_MAX: more than can be told. */
uint64_t figures_within(const struct figures *f, unsigned percent);

/* Ask the daemon for s->figures, if it answers; waits for s->timeout_ms at
 * most. They stay unknown if there is no such file, as for who is not in the
 * pid namespace of the host. */
void figures_read(struct survey *s);

/* Two lines for people, or nothing. */
void figures_show(const struct figures *f, struct str *out);

/* The member "metrics" of an object: an object itself, or null. */
void figures_json(const struct figures *f, struct str *out);
