/* SPDX-License-Identifier: Apache-2.0 */
/* The pid namespaces that callers came from lately, so that not every open(2)
 * looks for an init. All functions are thread-safe, and read no file. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proc.h"

#define KNOWN_MAX 1024

/* As long as its file is open, no other namespace gets its inode number. */
struct known {
	struct ns_id ns;
	int fd;               /* -1: a free entry */
	pid_t init;           /* as seen from the host */
	uint64_t start_ticks; /* of init */
	uint64_t serial;      /* its container */
	uint64_t checked;     /* ns: when this was last found to be so */
	uint64_t used;        /* ns */
};

struct known_table {
	pthread_mutex_t lock;
	struct known entries[KNOWN_MAX];
};

void known_open(struct known_table *t);
void known_close(struct known_table *t);

/* What is known of NS, used NOW; the fd in *RET stays the table's. */
bool known_find(struct known_table *t, struct ns_id ns, uint64_t now,
		struct known *ret);

/* Put NEW into the table, for what was known of its namespace, else for what
 * was not used for longest. Takes new->fd over. */
void known_keep(struct known_table *t, const struct known *new);

/* Take K's serial and time of check over, if its namespace is still there. */
void known_update(struct known_table *t, const struct known *k);

/* Entry I, or false when it is free. */
bool known_at(struct known_table *t, size_t i, struct known *ret);

/* Forget K's namespace, unless another init has it by now. */
void known_forget(struct known_table *t, const struct known *k);
