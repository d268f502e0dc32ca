/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about a survey, before and after something was done. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "survey.h"

struct str;

/* All of these speak of the containers that are named. What a container has
 * chosen is printed without control characters. */

/* --list: a row for each container, under 100 columns where ids are short, what
 * the daemon says of itself, and a line about the connection. NOW is in seconds
 * since the epoch. */
void show_table(const struct survey *s, uint64_t now, struct str *out);

/* --json, of all modes: {"mountpoint", "alive", "error", "connection_age",
 * "metrics": figures_json(), "containers": [{"id", "runtime", "pid",
 * "recorded", "detached", "memory_limit", "cpus", "views": {"live": N, ...},
 * "namespaces": [{"inode", "pid", "error", "places": [{"path", "state",
 * "beneath", "loose", "action", "done", "error"}]}]}]}. What is not known is
 * null; bytes that are no UTF-8 are U+FFFD. */
void show_json(const struct survey *s, uint64_t now, struct str *out);

/* --dry-run: a line for each action that is planned, "container ID: PATH:
 * stale, would be replaced". Returns how many. */
size_t show_plan(const struct survey *s, struct str *out);

/* "3 containers: 45 views live, 15 replaced, 1 left to its owner, 0 failed" */
void show_summary(const struct survey *s, struct str *out);

/* What failed or was left, as a warning or error to stderr: a line for all the
 * files of a namespace that have the same fate. Returns how many places or
 * namespaces have failed; one that has ended meanwhile has not. */
size_t show_failures(const struct survey *s);

/* On a terminal, from the second second on: "repairing 123 of 1000 ..." */
struct progress {
	const char *what; /* "repairing" */
	double begun;     /* seconds, CLOCK_MONOTONIC; 0: from the first call */
	bool shown;
};
void progress_show(struct progress *p, size_t done, size_t all);
void progress_clear(struct progress *p);
