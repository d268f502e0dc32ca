/* SPDX-License-Identifier: Apache-2.0 */
/* A connection that another supervisor has left: in the service manager's
 * store, or in the hands of its workers. */
#pragma once

struct connection;
struct control;
struct handed;
struct manager;
struct store;

struct adopt {
	const struct manager *manager;
	struct store *store;
	int run_dir;
	int proc; /* the host's procfs */
};

/* Returns 1 when there is one, which is mounted on C's mount point: its device
 * is put into C. 0: there is none, or it is of no use, which is said. */
int adopt(const struct adopt *a, struct connection *c, struct handed *handed,
	  struct control **control);
