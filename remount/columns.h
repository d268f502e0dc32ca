/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of words, set in columns. */
#pragma once

#include <stdint.h>

struct str;

/* Append the lines of ROWS, whose cells end in a tab or with the line, as
 * columns two blanks apart, each as wide as its widest cell. Those in the mask
 * RIGHT are set to the right. Nothing stands after the last cell of a line. */
void columns_set(const char *rows, uint32_t right, struct str *out);
