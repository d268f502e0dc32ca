/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection consists of: whoever has these three can go on with it. */
#pragma once

#include "base.h"
#include "control.h"

enum {
	HANDED_FUSE,
	HANDED_CONTROL,
	HANDED_AREA,
	HANDED_COUNT,
};

/* In the order in which a worker gets them, see enum handover. */
_Static_assert(HANDOVER_CONTROL - HANDOVER_FUSE == HANDED_CONTROL, "order");
_Static_assert(HANDOVER_AREA - HANDOVER_FUSE == HANDED_AREA, "order");

struct handed {
	int fd[HANDED_COUNT];
};

#define HANDED_NONE                                                            \
	{                                                                      \
		.fd = { -1, -1, -1 }                                           \
	}

static inline void handed_close(struct handed *h)
{
	for (int i = 0; i < HANDED_COUNT; i++) {
		close_at(&h->fd[i]);
		h->fd[i] = -1;
	}
}
