/* SPDX-License-Identifier: Apache-2.0 */
/* The service manager's store of open files: what keeps a connection while we
 * are dead. sd_notify(3), FDSTORE=1. */
#pragma once

#include <stdbool.h>

struct handed;
struct manager;
struct notify;

struct store {
	const struct notify *notify;
	int kept;    /* read end of a pipe whose write end only the store has */
	int program; /* the program in there; -1: none */
};

#define STORE_NONE                                                             \
	{                                                                      \
		.kept = -1, .program = -1                                      \
	}

/* What the manager has kept for us, to *RET; all else it has passed, but for
 * the program, is closed. Returns 1, 0 when there is nothing, or -EPROTO when
 * that is not complete. */
int store_take(struct store *s, const struct manager *m, struct handed *ret);

/* Have the manager keep H. Returns 0 or -errno; 0 does not say that it does. */
int store_put(struct store *s, const struct handed *h);

/* Have it keep BINARY too, the program of the worker that serves; it may be the
 * one that it has. What was installed meanwhile need not be able to go on with
 * the connection. */
void store_put_program(struct store *s, int binary);

/* Have it keep nothing. */
void store_drop(struct store *s);

/* Does the manager hold what it was given? */
bool store_holds(const struct store *s);

void store_close(struct store *s);
