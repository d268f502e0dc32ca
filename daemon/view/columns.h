/* SPDX-License-Identifier: Apache-2.0 */
/* Files with a column for each CPU: /proc/softirqs, /proc/interrupts. */
#pragma once

#include <stddef.h>

struct cpus;
struct str;

/* Append the heads of the columns of SHOWN, "CPU%-8d" each. */
void columns_heads(const struct cpus *shown, struct str *out);

/* Append N columns with nothing counted, " %10u" each. */
void columns_zeros(size_t n, struct str *out);
