/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the two halves of try_sandbox: what works, and what is refused. */
#pragma once

#include <sys/types.h>

/* Directories as the worker has them, but for `run_dir`, which is open and not
 * pinned. */
struct places {
	int root;
	int run_dir; /* open, and not pinned */
	int registry;
	int proc;
	int sys;
	int triggers;
	pid_t parent;
	const char *group;
};

/* Say so if a call's result, a value or -errno, is not the one wanted. */
void check(const char *what, long got, long want);

/* Try what must be refused. */
void try_files(const struct places *p);
void try_rights(const struct places *p);
