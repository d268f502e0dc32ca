/* SPDX-License-Identifier: Apache-2.0 */
/* One worker, from its start to its end. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "process.h"

enum role {
	ROLE_STARTING, /* has not said yet that it serves */
	ROLE_SERVING,
	ROLE_LEAVING, /* was told to end, or killed: nobody counts on it */
};

struct life {
	uint32_t generation; /* 0: a free place */
	enum role role;
	bool child; /* we hear of its end by waitpid(2), else by its pidfd */
	bool poke;  /* others died while it started: tell it when it serves */
	bool ended;
	int status; /* then, as from waitpid(2); -1: not known */
	int report; /* read end of its pipe while it starts; else -1 */
	int binary; /* what it was started from, while it starts; else -1 */
	struct process process;
	uint64_t since_ns;
	uint64_t deadline_ns; /* of starting or leaving; 0: none */
};

#define LIFE_NONE                                                              \
	{                                                                      \
		.report = -1, .binary = -1, .process.fd = -1                   \
	}

/* Unless it has ended: then its pid may be another's. */
void life_signal(const struct life *l, int sig);

/* Why a worker is not one any more: "was killed by signal 9 (KILL)". */
struct life_end {
	char text[96];
};

struct life_end life_describe(const struct life *l);

/* Did it end with CODE? */
bool life_exited(const struct life *l, int code);

/* What it says on its pipe: 1 that it serves, 0 nothing yet, -EPIPE that it
 * will never say anything. */
int life_report(struct life *l);

void life_close(struct life *l);
