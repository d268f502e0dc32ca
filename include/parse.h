/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel text, taken apart line by line and word by word. Nothing is copied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NO_LIMIT UINT64_MAX

/* LEN bytes of somebody else's text; not NUL-terminated. */
struct slice {
	const char *p;
	size_t len;
};

/* All of a NUL-terminated text. */
struct slice slice_of(const char *text);

/* Take the next line, without its '\n', off *TEXT. False at the end. */
bool slice_line(struct slice *text, struct slice *ret);

/* Take the next word off *TEXT; words are separated by blanks and tabs. False
 * when there is none left. */
bool slice_word(struct slice *text, struct slice *ret);

/* How many words there are in TEXT. */
size_t slice_words(struct slice text);

/* Take what stands before the next C off *TEXT, and C itself. Without a C it
 * is the rest. False at the end. */
bool slice_until(struct slice *text, char c, struct slice *ret);

/* Is S exactly TEXT? Are A and B the same? */
bool slice_is(struct slice s, const char *text);
bool slice_same(struct slice a, struct slice b);

/* Is WORD one of those in LIST, "a,b,c"? */
bool slice_listed(struct slice list, const char *word);

/* The whole of S as a decimal number. Returns 0, -EINVAL when it is anything
 * else (sign, blank, hex, empty), -ERANGE beyond 64 bits. */
int slice_u64(struct slice s, uint64_t *ret);

/* Take a word off *TEXT as a number: 0, -ENODATA at the end, or as
 * slice_u64(). */
int slice_next_u64(struct slice *text, uint64_t *ret);

/* A whole file with one number, or "max" for NO_LIMIT; a trailing newline is
 * allowed. Returns 0, -EINVAL or -ERANGE. */
int parse_limit(const char *text, uint64_t *ret);

/* The whole of S as a device number, "MAJOR:MINOR". Returns 0 or as
 * slice_u64(). */
int slice_dev(struct slice s, dev_t *ret);

/* One "key value" pair to look for; see parse_keys(). */
struct key {
	const char *name; /* compared as a whole word */
	uint64_t *value;
};

/* Fill the values of those KEYS that TEXT has as "name value" lines, whole
 * words only ("file" is not "file_mapped"). Values of keys that are absent or
 * not a number stay as they are. Returns how many were found. */
size_t parse_keys(const char *text, const struct key *keys, size_t n);
