/* SPDX-License-Identifier: Apache-2.0 */
/* The stock of snapshot memory: texts kept as chains of blocks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct area;

/* Keep TEXT for HANDLE, on the share of container slot CONTAINER. Returns the
 * first block + 1, or 0 when the stock is used up or the text is empty. */
uint32_t blocks_store(struct area *a, uint32_t handle, uint32_t container,
		      const char *text, size_t len);

/* Copy up to SIZE bytes at OFFSET of the text that begins at FIRST (+ 1). */
size_t blocks_copy(const struct area *a, uint32_t first, size_t offset,
		   char *out, size_t size);

/* Give the text that begins at FIRST (+ 1) back; 0 is none. */
void blocks_drop(struct area *a, uint32_t first);

/* Which handle should lose its text, because its container holds most of the
 * stock? Returns the handle's index, or -1. */
long blocks_victim(struct area *a);
