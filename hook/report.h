/* SPDX-License-Identifier: Apache-2.0 */
/* Where the hook's lines go: stderr, and the system's log, because crun throws
 * a hook's stderr away. */
#pragma once

#include "parse.h"

/* Say every line of TEXT, each "<priority>program: text", best effort and
 * without waiting for anybody; to the system's log alone unless ON_STDERR. */
void report_lines(struct slice text, bool on_stderr);
