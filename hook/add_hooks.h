/* SPDX-License-Identifier: Apache-2.0 */
/* resview-hook --add-hooks: a spec for engines that take one as it is. */
#pragma once

struct options;

/* The spec on stdin with our hooks, on stdout: all of it, or nothing and a line
 * on stderr. Returns the exit code. */
int add_hooks(const struct options *o);
