/* SPDX-License-Identifier: Apache-2.0 */
/* What to install so that an engine runs the hook. */
#pragma once

struct options;
struct str;

/* A file of packaging/engines, as it is there. */
struct print_text {
	const char *name;
	const char *text;
};

/* All of them, up to a NULL name; made by hook/CMakeLists.txt. */
extern const struct print_text print_texts[];

/* Append what the engine O->print takes, for the other options. Returns 0,
 * -EINVAL after a line about what is wrong, or -errno. */
int print_config(const struct options *o, struct str *out);
