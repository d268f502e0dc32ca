/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a container may have chosen, made fit to be printed. */
#pragma once

struct str;

/* For a terminal: control characters, others that are not seen, and bytes that
 * are no UTF-8, are \xNN. Of a name that is longer, which may be megabytes, so
 * many bytes. */
#define PRINTABLE_MAX 256
void printable_line(const char *text, struct str *out);

/* For JSON: bytes that are no UTF-8 are U+FFFD. */
void printable_json(const char *text, struct str *out);
