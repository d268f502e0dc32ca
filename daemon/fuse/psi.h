/* SPDX-License-Identifier: Apache-2.0 */
/* PSI triggers: who has written one into a pressure file is woken when his own
 * cgroup stalls, Documentation/accounting/psi.rst. The trigger is set on the
 * container's cgroup by us; all there are share one waiting thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parse.h"
#include "pressure.h"

#define TRIGGERS_MAX   256 /* in all */
#define TRIGGERS_SHARE 8   /* of one container */

struct area;
struct containers;
struct psi;
struct trigger;

/* FUSE is the connection that waiters are woken through; it stays the caller's.
 * Returns 0 or -errno. */
int psi_open(struct area *a, struct containers *cs, int fuse, struct psi **ret);
void psi_close(struct psi *p);

/* Set the trigger TEXT on pressure file FILE for the open file FH. Returns 0,
 * -EINVAL for text the kernel would not take either, -EBUSY when FH has another
 * one, -EMFILE when too many are set, -EOPNOTSUPP without PSI, or -errno. */
int psi_write(struct psi *p, uint64_t fh, enum pressure file,
	      struct slice text);

/* What poll(2) says of FH, asked by request UNIQUE. KH is the kernel's name for
 * those who wait, to be woken once something happens, or 0. */
unsigned psi_poll(struct psi *p, uint64_t fh, uint64_t kh, uint64_t unique);

/* FH is closed. After handle_release(). */
void psi_release(struct psi *p, uint64_t fh);

/* The waiting thread's loop, until psi_stop(): sets again what workers before
 * this one have set, and at the end lets those who wait ask the next one. */
void psi_run(struct psi *p);
void psi_stop(struct psi *p);
