/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text right? What can be said of it without knowing the container:
 *
 *  - One snapshot: it has the shape of the first one of this file; where lines
 *    depend on each other (stat, meminfo), they agree.
 *  - Not older than its open or lseek: two files say how long the container has
 *    lived, uptime and, since each CPU's line in stat advances as time does,
 *    stat. When it was born is learned from the readings themselves: a text
 *    that was made at T and says A is of a container born at T - A, within the
 *    file's resolution, and T is between the times before and after reading.
 *    Called stale is only what cannot be otherwise.
 *  - Counters go forward: none is below what it was in a text that somebody
 *    had read to its end before this one was begun.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct text;

#define COUNTERS_MAX 1024
#define KEYS_MAX     16
#define VIEWS        13

enum verdict {
	RIGHT,
	TORN,      /* not one text of this file, or lines that disagree */
	STALE,     /* made before the reading began */
	BACKWARDS, /* a counter is lower than it was */
	VERDICTS
};

/* What is known of one file. Shared by all processes; all but the atomics is
 * written before there is more than one. */
struct known {
	uint64_t shape;
	size_t n_counters;
	uint16_t counter[COUNTERS_MAX]; /* which of the text's numbers */
	uint16_t key[KEYS_MAX]; /* the number that begins view.keys[i] */
	uint64_t total;         /* meminfo: MemTotal */
	_Atomic uint64_t highest[COUNTERS_MAX];
	/* ns on CLOCK_BOOTTIME between which the container was born; moved by
	 * BORN_BIAS, to be positive also for one older than the machine. */
	_Atomic uint64_t born_after;
	_Atomic uint64_t born_before;
};

/* One reading: what was known when it began. */
struct reading {
	const struct view *view;
	struct known *known;
	uint64_t before; /* ns, CLOCK_BOOTTIME */
	uint64_t after;
	uint64_t highest[COUNTERS_MAX];
	const char *why; /* if it is not right */
};

/* A row of the table of files. */
struct view {
	const char *path;  /* without the leading / */
	const char *begin; /* of the text */
	/* Is the number at AT, in the line LINE, a counter? NULL: none is. */
	int (*counts)(const char *line, const char *at);
	const char *const *keys; /* lines that RULE wants to know */
	/* Do the lines agree? NULL, or what is wrong. */
	const char *(*rule)(const struct known *k, const struct text *t);
	/* ns that the text says the container has lived, and how much more it
	 * may be; NULL: it does not say. */
	uint64_t (*age)(const struct known *k, const struct text *t);
	uint64_t resolution;
};

extern const struct view views[VIEWS];

/* Learn from T, the first text of V. Returns NULL, or what is wrong. */
const char *check_learn(const struct view *v, const struct text *t,
			struct known *k);

/* A reading begins at NOW (ns, CLOCK_BOOTTIME); at NOW, T is what it has read.
 */
void check_begin(struct reading *r, uint64_t now);
enum verdict check_text(struct reading *r, const struct text *t, uint64_t now);
