/* SPDX-License-Identifier: Apache-2.0 */
/* The config.json of a bundle gets our hooks. */
#pragma once

struct call;
struct entry;

/* FLAGS are those of splice.h. Returns 0, also when they were there already,
 * or -errno; a reader sees the old file or the new one. */
int bundle_add(const struct call *c, const struct entry *e, unsigned flags);
