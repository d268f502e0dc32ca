/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text UTF-8? */
#pragma once

#include <stdbool.h>

/* As Unicode has it: no longer forms than needed, no surrogates, nothing beyond
 * U+10FFFF. */
bool utf8_valid(const char *text);
