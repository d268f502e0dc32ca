/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 told from what is not, RFC 3629: no longer forms than needed, no
 * surrogates, nothing beyond U+10FFFF. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The bytes of the character that TEXT begins with, which ends with a NUL; 0
 * when that is none. */
size_t utf8_length(const char *text);

/* Is all of TEXT characters? */
bool utf8_valid(const char *text);
