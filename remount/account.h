/* SPDX-License-Identifier: Apache-2.0 */
/* A run is added to what the worker shows in its file "metrics". */
#pragma once

#include <stddef.h>

struct survey;

/* Of the survey S, in which UNWRITTEN records could not be written. Nothing but
 * a line in the log comes of it when it fails. */
void account(const struct survey *s, size_t unwritten);
